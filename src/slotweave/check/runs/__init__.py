"""Runs on memories that are random, or made to reach what random ones miss."""
