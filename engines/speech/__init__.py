"""Text to phones and sound, and sound to phones: espeak-ng, Piper voices, alignment of recorded speech."""
