"""Commands that work with one tenant."""
