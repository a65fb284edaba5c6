"""The words of a program: where each is written and read, what it holds, what is in use."""
