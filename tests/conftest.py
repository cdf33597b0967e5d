"""What all tests share: properties are judged by their examples, never by how long a busy machine takes for one."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
