"""Events of engine rooms and results of worker threads become Qt signals on the GUI thread."""
