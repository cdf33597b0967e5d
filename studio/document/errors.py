"""The one error of the document a user may see."""

from __future__ import annotations


class DocumentError(Exception):
    """One sentence that names the project or file and says what to do; the document in memory is unharmed."""
