"""Piper voices of the smallest valid shape, made for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

HOP = 256
FRAMES = 8
"""Frames of sound for every symbol of the voice that beeps."""
SYMBOLS = "_^$ ,.!?'abcdefghijklmnopqrstuvwxyzæðøŋɐɑɒɔəɚɛɜɡɪɹɾʃʊʌʒˈˌːθᵻ"


def beeping_voice(folder: Path) -> Path:
    """A voice that says every symbol as a beep and tells the lengths of its symbols."""
    tone = np.sin(np.arange(HOP * FRAMES) * 0.2).astype(np.float32) * 0.3
    constants = {"tone": tone.reshape(1, 1, -1), "frames": np.array([FRAMES - 0.5], np.float32)}
    constants |= {"zero": np.zeros(1, np.float32), "one": np.ones(1, np.float32)}
    constants |= {"axis": np.array([2], np.int64), "flat": np.array([1, 1, -1], np.int64)}
    nodes = [
        ("Cast", ["input"], "floats", {"to": TensorProto.FLOAT}),  # (1, t)
        ("Mul", ["floats", "zero"], "nought", {}),
        ("Add", ["nought", "frames"], "long", {}),
        ("Ceil", ["long"], "w_ceil", {}),
        ("Add", ["nought", "one"], "gain", {}),
        ("Unsqueeze", ["gain", "axis"], "gains", {}),  # (1, t, 1)
        ("Mul", ["gains", "tone"], "beeps", {}),  # (1, t, n)
        ("Reshape", ["beeps", "flat"], "output", {}),
    ]
    return _write(folder / "en_GB-beep-low.onnx", nodes, constants, ["output", "w_ceil"])


def recorded_voice(folder: Path, samples: NDArray[np.float32]) -> Path:
    """A voice that answers every text with the same recording and tells no lengths."""
    constants = {"sound": samples.reshape(1, 1, -1), "zero": np.zeros(1, np.float32), "axis": np.array([1], np.int64)}
    nodes = [
        ("Cast", ["input"], "floats", {"to": TensorProto.FLOAT}),
        ("ReduceMean", ["floats"], "mean", {"axes": [1]}),
        ("Mul", ["mean", "zero"], "nought", {}),
        ("Add", ["nought", "sound"], "output", {}),
    ]
    return _write(folder / "en_GB-parrot-low.onnx", nodes, constants, ["output"])


def _write(path: Path, nodes: list[Any], constants: dict[str, Any], outputs: list[str]) -> Path:
    inputs = [("input", TensorProto.INT64, [1, "t"]), ("input_lengths", TensorProto.INT64, [1])]
    inputs.append(("scales", TensorProto.FLOAT, [3]))
    graph = helper.make_graph(
        [helper.make_node(kind, sources, [result], **options) for kind, sources, result, options in nodes],
        "voice",
        [helper.make_tensor_value_info(*row) for row in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(path))
    config = {
        "audio": {"sample_rate": 22050},
        "espeak": {"voice": "en-gb-x-rp"},
        "num_symbols": len(SYMBOLS),
        "num_speakers": 1,
        "phoneme_id_map": {symbol: [i] for i, symbol in enumerate(SYMBOLS)},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
    }
    Path(f"{path}.json").write_text(json.dumps(config), encoding="utf-8")
    return path
