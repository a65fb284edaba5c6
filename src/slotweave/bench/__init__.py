"""Our own speeds: how long the stages take, and how that compares with a recorded baseline."""
