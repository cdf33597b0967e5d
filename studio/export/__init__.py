"""From a plan to a finished file: movies and captions, written in one move, without Qt."""
