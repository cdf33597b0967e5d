"""The landmark trainer: a training that was kept goes on as if it had never stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engines.landmarks.config import LandmarkConfig, LandmarkTraining
from engines.landmarks.crops import normal_face
from engines.landmarks.train import Course, People
from engines.presenter.face_frame import BOX
from tests.engines.drawn_face import face_points, moved, noisy_picture

SIDE = 128
PEOPLE = People(
    np.stack([np.dstack([noisy_picture(i, SIDE), np.full((SIDE, SIDE), 255, np.uint8)]) for i in range(2)]),
    np.stack([moved(face_points(), 0.02 * i, SIDE / BOX, 3.0 * i, 0.0) for i in range(2)]),
)


def course() -> Course:
    return Course(LandmarkConfig.tiny(), LandmarkTraining(batch=2), torch.device("cpu"))


def test_a_kept_training_goes_on_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.landmarks.train.mean_face", lambda: normal_face(face_points()))  # no head is loaded
    one, other = course(), course()
    for _ in range(3):
        one.step(PEOPLE, 0.2)
    one.seconds = 7.5
    one.save(tmp_path / "course.safetensors")
    other.resume(tmp_path / "course.safetensors")
    assert (other.steps, other.seconds) == (3, 7.5)
    one.random = np.random.default_rng((one.how.seed, one.steps))  # chance goes on from the step, not from the state
    for again in (one, other):
        again.step(PEOPLE, 0.3)
    for mine, theirs in zip(one.average.parameters(), other.average.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)
