"""The booth: the avatar on the full screen, for visitors to talk to."""
