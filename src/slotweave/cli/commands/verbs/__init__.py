"""Commands that do something to a kernel or a program."""
