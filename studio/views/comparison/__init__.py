"""The comparison panel: methods that rebuild phase, heard, seen and measured side by side."""
