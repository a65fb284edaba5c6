"""The challenge's commands, registered as those of other packages are."""
