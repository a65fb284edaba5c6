"""The self-test: break what is right in many small ways, and see which check notices."""
