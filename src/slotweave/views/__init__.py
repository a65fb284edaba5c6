"""Views of programs and results, as text and JSON."""
