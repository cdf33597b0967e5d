"""What the tests of several engines start from."""

from __future__ import annotations

import pytest

from engines.presenter.face_frame import FaceFrame
from tests.engines.drawn_face import face_points


@pytest.fixture
def frame() -> FaceFrame:
    """The face frame of the drawn face."""
    return FaceFrame.from_neutral(face_points())
