"""Python files with the challenge's interface as programs, built in an interpreter of their own."""
