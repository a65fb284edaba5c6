"""The text and JSON forms of the values, both ways."""
