"""What the newsroom sees: one file or folder per panel."""
