"""Knows how the picture decoder is run fast on a processor: its graph for OpenVINO, pictures shared out to the cores.

torch takes two to three times as long for these small pictures, most of it in handing out memory.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from engines.textlip.pictures import SEED, PictureDecoder
from engines.textlip.placing import HEIGHT, WIDTH

if TYPE_CHECKING:
    from torch import nn

SLOPE = 0.1


class Brush:
    """A picture decoder compiled for this processor; it is called as the decoder is, for one sentence at a time.

    parallel: no picture waits for another, so each core paints its own; otherwise all cores work on one picture.
    """

    def __init__(self, painter: PictureDecoder, parallel: bool) -> None:
        import openvino

        cores = os.cpu_count() or 1
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": cores,
            "NUM_STREAMS": cores if parallel else 1,
        }
        self._painter = painter
        compiled = openvino.Core().compile_model(draw_graph(painter), "CPU", settings)
        self._requests = [compiled.create_infer_request() for _ in range(2 * cores if parallel else 1)]

    def __call__(self, rows: Tensor, memory: list[Tensor]) -> Tensor:
        """rows (1, n, c) with the memory of their sentence -> pictures (1, n, 3, 80, 160) in 0..1."""
        from openvino import Tensor as Shared

        seeds = self._painter.seed(rows).numpy()
        known = [Shared(level.numpy(), shared_memory=True) for level in memory]
        out = np.empty((len(seeds), 3, HEIGHT, WIDTH), np.float32)
        hands = self._requests[: len(seeds)]
        for hand in hands:
            for place, level in enumerate(known, 1):
                hand.set_input_tensor(place, level)
        for i in range(len(seeds)):
            hand = hands[i % len(hands)]
            hand.wait()
            hand.set_input_tensor(0, Shared(seeds[i : i + 1], shared_memory=True))
            hand.set_output_tensor(0, Shared(out[i : i + 1], shared_memory=True))
            hand.start_async()
        for hand in hands:
            hand.wait()
        return torch.from_numpy(out)[None]


def draw_graph(painter: PictureDecoder) -> Any:
    """The decoder after its opening as an OpenVINO model: a seed and the five levels of a memory -> one picture.

    The same operations as PictureDecoder.fill with the decoder's weights.
    """
    import openvino
    from openvino import opset13 as ops

    widths = [layer.out_channels for layer in painter.skips]
    levels = [(3, 1), *((width, 2**i) for i, width in enumerate(widths, 1))]
    seed = ops.parameter([1, SEED, HEIGHT // 16, WIDTH // 16], np.float32)
    memory = [ops.parameter([1, width, HEIGHT // n, WIDTH // n], np.float32) for width, n in levels]
    x = _leaky(ops.add(_convolved(seed, painter.start), memory[4]))
    coarse = []
    for up, level in zip(painter.ups, memory[3:0:-1], strict=True):
        x = _leaky(ops.add(_unfolded(x, up), level))
        coarse.append(x)
    x = _leaky(_convolved(x, painter.last[0]))
    x = _convolved(x, painter.last[1])
    painted = _mixed(painter, x, memory[0], coarse[1]) if painter.carried else _textured(x, memory[0])
    return openvino.Model([painted], [seed, *memory], "picture decoder")


def _mixed(painter: PictureDecoder, x: Any, picture: Any, coarse: Any) -> Any:
    """The identity's carried picture, and what is painted over it."""
    from openvino import opset13 as ops

    colour, share = _opened(ops.sigmoid(x))
    kept = _carried(painter, picture, coarse)
    return ops.add(kept, ops.multiply(share, ops.subtract(colour, kept)))


def _textured(x: Any, texture: Any) -> Any:
    """What is painted, with the identity's texture where it is."""
    from openvino import opset13 as ops

    colour, share = _opened(x)
    return ops.sigmoid(ops.add(colour, ops.multiply(ops.sigmoid(share), texture)))


def _opened(x: Any) -> tuple[Any, Any]:
    """Half size (1, 16, 40, 80) into colour (1, 3, 80, 160) and share (1, 1, 80, 160)."""
    from openvino import opset13 as ops

    colour, share = ops.variadic_split(
        ops.depth_to_space(x, "depth_first", 2), np.int64(1), np.array([3, 1], np.int64)
    ).outputs()
    return colour, share


def _carried(painter: PictureDecoder, picture: Any, x: Any) -> Any:
    from openvino import opset13 as ops

    wide = ops.matmul(_convolved(x, painter.flow), _held(painter.across), False, False)
    flow = ops.matmul(_held(painter.down), wide, False, False)
    places = ops.add(_held(painter.places), ops.transpose(flow, np.array([0, 2, 3, 1], np.int64)))
    how = {"align_corners": False, "mode": "bilinear", "padding_mode": "border"}
    return ops.grid_sample(picture, places, how)


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
