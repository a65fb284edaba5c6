"""What can be read off graphs, problems and schedules."""
