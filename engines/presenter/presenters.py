"""Knows what a presenter folder holds, and refuses one that is incomplete, altered or without a consent record.

A folder: presenter.json (title, face box, rate, hashes), consent.json (who, scope, date, statement), template.mp4 and
matte.mp4 (a silent clip and its coverage), template.npz (landmarks, neutral points, jaw rule), renderer.safetensors.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError
from engines.api.values import FloatArray, PresenterInfo
from engines.common.weights import write_json
from engines.presenter.face_frame import BOX, FaceFrame
from engines.presenter.homes import SHIPPED, homes
from engines.presenter.jaw import JawRule

FORMAT = 1
HOME = SHIPPED
FILES = ("consent.json", "template.mp4", "matte.mp4", "template.npz", "renderer.safetensors")
HAIR, BELOW = 0.8, 0.08
"""Of the height from brow to chin: what the head is higher, and what is wanted below the chin."""
CONSENT = ("who", "scope", "date", "statement")


@dataclass(frozen=True, eq=False)
class Presenter:
    """A presenter ready to speak.

    box: left and top of the face box in the template picture; behind: RGB of the template's own background;
    rest: (20, 2) the closed mouth of silence in mouth units;
    landmarks: (f, 68, 2) of the template, in box pixels; hashes: file name to SHA-256.
    """

    folder: Path
    key: str
    title: str
    box: tuple[int, int]
    fps: Fraction
    behind: tuple[int, ...]
    frame: FaceFrame
    jaw: JawRule
    rest: FloatArray
    landmarks: FloatArray
    hashes: dict[str, str]

    def head(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the head in the template picture over all its motion, hair guessed."""
        points = self.landmarks + np.float32(self.box)
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        face = float(high[1] - low[1])
        return float(low[0]), float(low[1]) - HAIR * face, float(high[0]), float(high[1]) + BELOW * face


def find_presenter(name: str) -> Path:
    """The folder of a presenter: a name, shipped or the user's own, or a path. Raises EngineError with the choices."""
    for folder in (*(home / name for home in homes()), Path(name)):
        if name and (folder / "presenter.json").is_file():
            return folder
    found = (path.parent.name for home in homes() for path in sorted(home.glob("*/presenter.json")))
    known = ", ".join(found) or "none installed"
    raise EngineError(f"There is no presenter {name!r}; choose from {known}, or name a presenter folder.")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a presenter folder. Raises EngineError naming the file."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"{path} is missing or damaged: restore the presenter folder from a copy.") from error
    if not isinstance(value, dict):
        raise EngineError(f"{path} is damaged: restore the presenter folder from a copy.")
    return value


def consent_fault(folder: Path) -> str:
    """What is wrong with a folder's consent record, "" when it is complete."""
    path = folder / "consent.json"
    if not path.is_file():
        return "has no consent record (consent.json)"
    record = read_json(path)
    missing = [key for key in CONSENT if not str(record.get(key, "")).strip()]
    return f"has a consent record without {', '.join(missing)}" if missing else ""


def file_hash(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_files(folder: Path, hashes: dict[str, str]) -> None:
    """Raise EngineError naming the first file that is missing or not the one the folder was made with."""
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise EngineError(f"The presenter's file {path} is missing: restore the folder from a copy.")
        if file_hash(path) != hashes.get(name):
            raise EngineError(f"The presenter's file {path} was altered: restore the folder from a copy.")


def load_presenter(name: str) -> Presenter:
    """Read and check a presenter. Raises EngineError: unknown, no consent, a file missing or altered."""
    folder = find_presenter(name)
    about = read_json(folder / "presenter.json")
    if about.get("format") != FORMAT:
        raise EngineError(f"{folder} was made by another version of the studio: make the presenter again.")
    if fault := consent_fault(folder):
        raise EngineError(f"The presenter {folder.name!r} {fault}: add who agreed, to what, when, before using it.")
    hashes = about.get("files", {})
    check_files(folder, hashes)
    with np.load(folder / "template.npz", allow_pickle=False) as data:
        frame = FaceFrame.from_arrays(data)
        jaw, rest, landmarks = JawRule(data["jaw"]), data["rest"], data["landmarks"].astype(np.float32)
    left, top = about["box"]
    fps, behind = Fraction(about["fps"]), tuple(about["behind"])
    return Presenter(folder, folder.name, about["title"], (left, top), fps, behind, frame, jaw, rest, landmarks, hashes)


def seal_presenter(folder: Path, title: str, box: tuple[int, int], fps: Fraction, behind: tuple[int, ...]) -> None:
    """Write presenter.json over a folder whose other files are in place: title, box, rate, backing and hashes."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise EngineError(f"The presenter folder {folder} still lacks {', '.join(missing)}.")
    hashes = {name: file_hash(folder / name) for name in FILES}
    about = {"format": FORMAT, "title": title, "box": list(box), "size": BOX, "fps": str(fps)}
    write_json(folder / "presenter.json", {**about, "behind": list(behind), "files": hashes})


def list_presenters(home: Path | None = None) -> tuple[PresenterInfo, ...]:
    """Every presenter folder under a home (None: the shipped ones and the user's own), and whether consent is there."""
    found = []
    for path in (p for one in (homes() if home is None else (home,)) for p in sorted(one.glob("*/presenter.json"))):
        try:
            about, fault = read_json(path), consent_fault(path.parent)
        except EngineError:
            continue
        key = path.parent.name
        found.append(PresenterInfo(key, str(about.get("title", key)), not fault, int(about.get("size", BOX))))
    return tuple(found)
