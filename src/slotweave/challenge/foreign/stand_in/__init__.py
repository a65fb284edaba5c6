"""What Python files with the challenge's interface import, for those that stand alone."""
