"""What runs and proofs found, as lines and as JSON."""
