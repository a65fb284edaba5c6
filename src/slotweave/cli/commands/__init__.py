"""The commands, one file each; what they need of the library they import when they run."""
