"""What is saved and undone: the project as frozen values, its history and its crash-safe store."""
