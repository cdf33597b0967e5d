"""The Qt application: what the newsroom sees, and the plain Python models behind it."""
