"""The one error of an export a user may see."""

from __future__ import annotations


class ExportError(Exception):
    """One sentence that names the file and says what to do; no half-written file is left."""
