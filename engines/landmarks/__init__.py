"""68 landmarks on real faces, found by a network trained on rendered ones."""
