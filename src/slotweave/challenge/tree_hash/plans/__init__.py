"""The plans of tree hash: what may be chosen, and what the shipped ones choose."""
