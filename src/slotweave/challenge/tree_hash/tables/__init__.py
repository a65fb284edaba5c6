"""Tables of nodes in memory, and where they lie."""
