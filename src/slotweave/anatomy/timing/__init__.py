"""How short a program could be: lower bounds, and its operations timed again."""
