"""Weights on disk: safetensors whose header carries the config, so loading needs one path and never unpickles."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.api.events import EngineError

if TYPE_CHECKING:
    from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
WEIGHTS = ASSETS / "weights"
FORMAT = 1


def save_weights(path: Path, state: dict[str, Tensor], header: dict[str, Any]) -> None:
    """Write tensors and a JSON-able header (engine, config, data, commit, ...) in one move.

    Source of the format: safetensors; the header is its `__metadata__`, one JSON string under "anchor-studio".
    """
    from safetensors.torch import save_file

    text = json.dumps({"format": FORMAT, **header}, sort_keys=True)
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().cpu().contiguous() for k, v in state.items()}, part, metadata={"anchor-studio": text})
    os.replace(part, path)


def load_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read (tensors, header). Raises EngineError for a missing, corrupt or foreign file."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise EngineError(f"The weight file {path} is missing: restore it or run 'anchor-studio train' again.")
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})["anchor-studio"])
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise EngineError(f"The weight file {path} is corrupt: restore it from the distribution.") from error
    if header.get("format") != FORMAT:
        raise EngineError(f"The weight file {path} has format {header.get('format')}, this version reads {FORMAT}.")
    return state, header


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file in one move."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(part, path)
