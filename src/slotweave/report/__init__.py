"""Views of programs and results for people and for other tools."""
