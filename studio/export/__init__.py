"""From a plan to a finished file: movies, captions and tracks, written in one move, without Qt."""
