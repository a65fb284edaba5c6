"""The ways of walking the tree, each as frontend code."""
