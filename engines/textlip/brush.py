"""Knows how the quick picture decoder is run on a processor: its graph for OpenVINO, pictures shared out to the cores.

torch takes two to three times as long for these small pictures, most of it in handing out memory.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from engines.textlip.carrying import BESIDE, CELLS, MOUTH, CarryingDecoder
from engines.textlip.pictures import SEED
from engines.textlip.placing import HEIGHT, WIDTH

if TYPE_CHECKING:
    from torch import nn

SLOPE = 0.1
HANDFUL = 4
"""Pictures a core paints at once where none waits for another: handing work out takes time too."""


class Brush:
    """A picture decoder compiled for this processor; it is called as the decoder is, for one sentence at a time.

    parallel: no picture waits for another, so each core paints its own; otherwise all cores work on one picture.
    """

    def __init__(self, painter: CarryingDecoder, parallel: bool) -> None:
        import openvino

        cores = os.cpu_count() or 1
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": cores,
            "NUM_STREAMS": cores if parallel else 1,
        }
        self._painter, self._handful = painter, HANDFUL if parallel else 1
        compiled = openvino.Core().compile_model(draw_graph(painter, self._handful), "CPU", settings)
        self._requests = [compiled.create_infer_request() for _ in range(2 * cores if parallel else 1)]

    def __call__(self, rows: Tensor, memory: list[Tensor]) -> Tensor:
        """rows (1, n, c) with the memory of their sentence -> pictures (1, n, 3, 80, 160) in 0..1."""
        from openvino import Tensor as Shared

        seeds, size = self._seeds(rows), self._handful
        known = [Shared(level.numpy(), shared_memory=True) for level in memory]
        out = np.empty((len(seeds), 3, HEIGHT, WIDTH), np.float32)
        hands = self._requests[: len(seeds) // size]
        for hand in hands:
            for place, level in enumerate(known, 1):
                hand.set_input_tensor(place, level)
        for i, first in enumerate(range(0, len(seeds), size)):
            hand = hands[i % len(hands)]
            hand.wait()
            hand.set_input_tensor(0, Shared(seeds[first : first + size], shared_memory=True))
            hand.set_output_tensor(0, Shared(out[first : first + size], shared_memory=True))
            hand.start_async()
        for hand in hands:
            hand.wait()
        return torch.from_numpy(out[: rows.shape[1]])[None]

    def _seeds(self, rows: Tensor) -> Any:
        """Seeds of the rows, and the last one again until the last handful is full."""
        seeds = self._painter.seed(rows).numpy()
        lacking = -len(seeds) % self._handful
        return np.concatenate([seeds, *([seeds[-1:]] * lacking)]) if lacking else seeds


def draw_graph(painter: CarryingDecoder, count: int) -> Any:
    """The decoder after its opening as an OpenVINO model: seeds and the five levels of a memory -> `count` pictures.

    The same operations as CarryingDecoder.fill with the decoder's weights.
    """
    import openvino
    from openvino import opset13 as ops

    seeds = ops.parameter([count, SEED, HEIGHT // 16, WIDTH // 16], np.float32)
    memory = _memory(painter)
    x = _leaky(ops.add(_convolved(seeds, painter.start), memory[4]))
    x = _leaky(ops.add(_unfolded(x, painter.ups[0]), memory[3]))
    kept = _carried(painter, memory[0], x, count)
    (top, bottom), (left, right) = ((part.start // 8, part.stop // 8) for part in MOUTH)
    x = ops.slice(x, _whole(top, left), _whole(bottom, right), _whole(1, 1), _whole(2, 3))
    for up, level in zip(painter.ups[1:], (memory[2], memory[1]), strict=True):
        x = _leaky(ops.add(_unfolded(x, up), level))
    colour, share = _opened(ops.sigmoid(_convolved(x, painter.last)))
    painted = ops.add(kept, ops.multiply(share, ops.subtract(colour, kept)))
    return openvino.Model([painted], [seeds, *memory], "picture decoder")


def _memory(painter: CarryingDecoder) -> list[Any]:
    """Inputs for the identity's picture and for what the levels make of it, from half size down."""
    from openvino import opset13 as ops

    widths = [layer.out_channels for layer in painter.skips][::-1]
    rows, columns = (part.stop - part.start for part in MOUTH)
    sizes = [
        (rows // 2, columns // 2),
        (rows // 4, columns // 4),
        (HEIGHT // 8, WIDTH // 8),
        (HEIGHT // 16, WIDTH // 16),
    ]
    shapes = [(3, HEIGHT, WIDTH), *((width, *size) for width, size in zip(widths, sizes, strict=True))]
    return [ops.parameter([1, *shape], np.float32) for shape in shapes]


def _opened(x: Any) -> tuple[Any, Any]:
    """Half size at the mouth into colour (n, 3, 80, 160) and share (n, 1, 80, 160); apart first, which is quicker."""
    from openvino import opset13 as ops

    left, right, top, bottom = BESIDE
    parts = ops.variadic_split(x, np.int64(1), _whole(12, 4)).outputs()
    wide = (ops.depth_to_space(part, "depth_first", 2) for part in parts)
    colour, share = (
        ops.pad(part, _whole(0, 0, top, left), _whole(0, 0, bottom, right), "constant", np.float32(0)) for part in wide
    )
    return colour, share


def _carried(painter: CarryingDecoder, picture: Any, x: Any, count: int) -> Any:
    """The identity's picture moved; x and y of the flow lie side by side from the start, as grid_sample wants them."""
    from openvino import opset13 as ops

    (high, wide), across = CELLS, painter.across.detach().numpy()
    flow = ops.reshape(_convolved(x, painter.flow), _whole(count, 2, 2, high // 2, wide), False)
    flow = ops.reshape(ops.transpose(flow, _whole(0, 3, 1, 4, 2)), _whole(count, high, 2 * wide), False)
    flow = ops.matmul(flow, ops.constant(np.kron(across, np.eye(2, dtype=np.float32))), False, False)
    flow = ops.matmul(_held(painter.down), flow, False, False)
    places = ops.add(_held(painter.places), ops.reshape(flow, _whole(count, HEIGHT, WIDTH, 2), False))
    each = ops.broadcast(picture, _whole(count, 3, HEIGHT, WIDTH)) if count > 1 else picture
    return ops.grid_sample(each, places, {"align_corners": False, "mode": "bilinear", "padding_mode": "border"})


def _whole(*values: int) -> Any:
    return np.array(values, np.int64)


def _held(tensor: Tensor) -> Any:
    from openvino import opset13 as ops

    return ops.constant(tensor.detach().numpy())


def _leaky(x: Any) -> Any:
    from openvino import opset13 as ops

    return ops.prelu(x, np.float32(SLOPE))


def _convolved(x: Any, layer: nn.Module) -> Any:
    """A 3x3 convolution with its bias."""
    from openvino import opset13 as ops

    made = ops.convolution(x, _held(layer.weight), [1, 1], [1, 1], [1, 1], [1, 1])
    return ops.add(made, _held(layer.bias[None, :, None, None]))


def _unfolded(x: Any, layer: nn.Module) -> Any:
    """A 4x4 transposed convolution to twice the size, with its bias."""
    from openvino import opset13 as ops

    made = ops.convolution_backprop_data(x, _held(layer.weight), [2, 2], pads_begin=[1, 1], pads_end=[1, 1])
    return ops.add(made, _held(layer.bias[None, :, None, None]))
