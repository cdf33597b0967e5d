"""Finds faces and their 68 points in real footage with a network that only ever saw rendered people."""
