"""The ladder: tree hash from the scalar program to the best, one idea after another."""
