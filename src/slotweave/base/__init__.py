"""What everything rests on: errors and their codes, budgets, interruption, wording."""
