"""Dialogs of the window; all stay open beside it, none blocks the event loop."""
