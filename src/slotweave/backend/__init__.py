"""Graph to program: lower, schedule, allocate, emit; problems know no instruction set."""
