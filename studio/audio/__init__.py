"""Sound in, sound out and sound on disk, without Qt."""
