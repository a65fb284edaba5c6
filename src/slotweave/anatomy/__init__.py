"""What is true of a program: placements, causes, phases, live words, conflicts."""
