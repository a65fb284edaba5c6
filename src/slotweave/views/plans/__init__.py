"""Plans: what may be chosen, and the bound over all of them."""
