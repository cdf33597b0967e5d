"""Knows where the neutral face of a footage folder is, in the units the lip-sync speaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engines.api.events import EngineError
from engines.api.values import SILENCE, Audio, FloatArray, Performance, Phone, Speech
from engines.presenter.face_frame import FaceFrame
from engines.presenter.footage_files import FILMED, Footage, read_clips, read_footage
from engines.presenter.jaw import JawRule, fit_jaw


def face_frame_of(root: Path) -> FaceFrame:
    """The face frame of a footage folder: the silent face of its template, the mouth measured as the lip-sync does."""
    from engines.lipsync.truth import presenter_mouth

    footage = read_footage(root)
    if footage.tier == FILMED:
        return FaceFrame.from_neutral(neutral_points(root, footage))
    unit = presenter_mouth().frame
    frame = FaceFrame.from_neutral(neutral_points(root, footage))
    return replace(frame, centre=np.float32(unit.centre) - np.float32(footage.box[:2]), width=unit.width)


def neutral_points(root: Path, footage: Footage) -> FloatArray:
    """Points (68, 2) of the silent face looking ahead, box pixels: the template's, else computed from the head."""
    made = root / "template" / "template.npz"
    if made.is_file():
        with np.load(made, allow_pickle=False) as data:
            return np.asarray(data["neutral"], np.float32)
    from engines.scene.camera import Camera
    from engines.scene.head import load_head

    head, calm = load_head(), calm_weights(silent_weights())
    camera = Camera.presenter(*footage.camera, head=head).crop(*footage.box)
    return camera.project(head.landmarks(calm, np.zeros(3, np.float32))).astype(np.float32)


def calm_weights(weights: FloatArray) -> FloatArray:
    """Face curves (52,) with eyes and brows at rest."""
    from engines.api.arkit import INDEX

    calm = weights.copy()
    calm[[i for name, i in INDEX.items() if name.startswith(("eye", "brow"))]] = 0.0
    return calm


def speechless_landmarks(footage: Footage, motion: Performance, numbers: tuple[int, ...]) -> FloatArray:
    """Landmarks (f, 68, 2), box pixels, of frames as they would be with the mouth at rest: pose and eyes kept."""
    from engines.api.arkit import INDEX, MOUTH
    from engines.scene.camera import Camera
    from engines.scene.head import load_head

    head, calm = load_head(), silent_weights()
    camera = Camera.presenter(*footage.camera, head=head).crop(*footage.box)
    mouth = [INDEX[name] for name in MOUTH]
    weights = motion.weights[list(numbers)].copy()
    weights[:, mouth] = calm[mouth]
    pairs = zip(weights, motion.rotation[list(numbers)], strict=True)
    return np.stack([camera.project(head.landmarks(row, turn)) for row, turn in pairs]).astype(np.float32)


def silent_weights() -> FloatArray:
    """Face curves (52,) of silence by the performance rules."""
    from engines.lipsync.truth import perform

    quiet = Speech(Audio(np.zeros(16_000, np.float32), 16_000), (Phone(SILENCE, 0.0, 1.0),))
    return perform(quiet).weights[0]


def jaw_rule_of(root: Path, frame: FaceFrame) -> JawRule:
    """The jaw regression of a footage folder's training clips, every third frame."""
    rows = [clip.landmarks[::3] for clip in read_clips(root) if clip.split == "train"]
    if not rows:
        raise EngineError(f"The footage in {root} has no training clips: run footage again.")
    return fit_jaw(np.concatenate(rows), frame)
