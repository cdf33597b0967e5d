"""The story panel: list of stories, text, voice, pronunciations."""
