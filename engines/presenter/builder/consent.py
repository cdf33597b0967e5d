"""Keeps the consent record of a presenter being made: nothing is read, written or trained without one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from engines.api.events import EngineError
from engines.api.presenter import Consent
from engines.common.weights import write_json

FILE = "consent.json"


def keep_consent(folder: Path, consent: Consent) -> None:
    """Write a complete record into a folder. Raises EngineError for an incomplete one, before anything is written."""
    consent.demand()
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / FILE, asdict(consent))


def read_consent(folder: Path) -> Consent:
    """The complete record of a folder. Raises EngineError where it is missing, damaged or incomplete."""
    path = folder / FILE
    if not path.is_file():
        raise EngineError(f"The presenter {folder.name!r} has no consent record: import the footage with one first.")
    try:
        consent = Consent(**{k: str(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise EngineError(f"The consent record {path} is damaged: import the footage with a new one.") from error
    consent.demand()
    return consent
