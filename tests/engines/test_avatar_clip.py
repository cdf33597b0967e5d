"""The avatar's clips: as many pictures as the sound is long, the pose of each frame, dressed like the presenter's."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engines.api.arkit import INDEX
from engines.api.avatar import AvatarClipJob
from engines.api.events import EngineError, Partial
from engines.api.looks import LowerThird
from engines.api.values import Audio, ClipSummary, Performance
from engines.presenter.avatar import AvatarEngine

ENGINE = AvatarEngine()


def job(**fields: object) -> AvatarClipJob:
    weights = np.zeros((5, 52), np.float32)
    weights[3:, INDEX["jawOpen"]] = 1.0
    motion = Performance(weights, np.zeros((5, 3), np.float32), Fraction(25))
    given = {"audio": Audio(np.zeros(3_840, np.float32), 16_000), "performance": motion, "width": 160, "height": 160}
    return AvatarClipJob(**(given | fields))  # type: ignore[arg-type]


def pictures(asked: AvatarClipJob) -> tuple[np.ndarray, ClipSummary]:
    found, work = [], ENGINE.run(asked)
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return np.concatenate(found), end.value
        if isinstance(event, Partial):
            found.append(event.value.pictures)


def test_every_frame_of_the_sound_has_its_pose_and_the_last_one_stays() -> None:
    seen, summary = pictures(job(background="green"))
    assert seen.shape == (6, 160, 160, 3)
    assert summary.frames == 6
    np.testing.assert_array_equal(seen[0], seen[2])
    assert (np.abs(seen[2].astype(int) - seen[3]).max(-1) > 30).sum() > 40  # the mouth opens
    np.testing.assert_array_equal(seen[4], seen[5])
    np.testing.assert_array_equal(seen[0, 2, 2], (0, 177, 64))


def test_a_transparent_clip_holds_the_same_person() -> None:
    clear, _ = pictures(job(background="alpha"))
    green, _ = pictures(job(background="green"))
    assert clear.shape == (6, 160, 160, 4)
    whole = clear[0, ..., 3] == 255
    assert 0.2 < whole.mean() < 0.9
    np.testing.assert_array_equal(clear[0][whole][:, :3], green[0][whole])
    part = (clear[0, ..., 3] > 0) & ~whole
    share = clear[0][part][:, 3:] / 255.0
    mixed = clear[0][part][:, :3] * share + np.array([0, 177, 64]) * (1 - share)
    np.testing.assert_allclose(mixed, green[0][part], atol=2.5)


def test_the_lower_third_is_shown_in_its_time() -> None:
    band = LowerThird("Ada Lovelace", "Mathematics", start_s=0.0, seconds=60.0)
    plain, _ = pictures(job(background="green"))
    dressed, _ = pictures(job(background="green", lower_third=band))
    assert (plain[5] != dressed[5]).any(-1).sum() > 100


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"width": 20}, "cannot be 20x160"),
        ({"audio": Audio(np.zeros(0, np.float32), 16_000)}, "nothing to draw"),
        ({"background": "none.png"}, "cannot be opened"),
        ({"light": "noon"}, "no light preset"),
        ({"character": "none"}, "import its GLB again"),
    ],
)
def test_mistakes_get_a_sentence(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        pictures(job(**fields))
