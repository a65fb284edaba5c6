"""Two programs side by side."""
