"""What holds each operation of a program, and why slots are idle."""
