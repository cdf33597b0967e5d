"""Knows how a trained renderer is run: OpenVINO on a processor, torch on a CUDA card, chosen by what is there.

Letters: n pictures, c map channels, h = w = 512.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray
from engines.common.weights import load_weights
from engines.presenter.config import RendererConfig

if TYPE_CHECKING:
    from torch import nn

QUEUE = 8
"""Pictures that may wait in the renderer while others are composed."""
IR_FORMAT = 1
"""Raised when the exported graph changes, so that old cached files are not used."""


class Painter(Protocol):
    """Paints facial maps; device says where, remark what had to give (or ""), in words for the user."""

    device: str
    remark: str

    def start(self, maps: ByteArray) -> Callable[[], ByteArray]:
        """Begin painting maps (n, c, h, w) uint8; calling the answer waits for pictures (n, h, w, 3) uint8."""
        ...


def cache_folder() -> Path:
    """Where converted networks are kept between runs."""
    from platformdirs import user_cache_path

    return user_cache_path("anchor-studio") / "renderers"


def load_generator(weights: Path) -> nn.Module:
    """The trained generator of a weight file, for inference. Raises EngineError for a file of another kind."""
    from engines.presenter.model import build_generator

    state, header = load_weights(weights)
    try:
        generator = build_generator(RendererConfig.from_header(header["config"]))
        generator.load_state_dict({key: value.float() for key, value in state.items()})
    except (KeyError, TypeError, RuntimeError) as error:
        raise EngineError(f"{weights} holds no presenter renderer: restore it from the distribution.") from error
    return generator.eval()


def picture_graph(generator: nn.Module) -> nn.Module:
    """The generator with bytes at both ends: map (n, c, h, w) uint8 -> pictures (n, h, w, 3) uint8."""
    import torch
    from torch import nn

    class PictureGraph(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.generator = generator

        def forward(self, maps: torch.Tensor) -> torch.Tensor:
            picture = self.generator(maps.to(next(generator.parameters()).dtype) / 255.0)
            levels = ((picture.float() + 1.0) * 127.5).clamp(0.0, 255.0).round()
            return levels.to(torch.uint8).permute(0, 2, 3, 1)

    return PictureGraph().eval()


def convert(weights: Path, key: str) -> Path:
    """The OpenVINO form (.xml beside .bin) of a weight file, from the cache or made now. key: hash of the weights."""
    folder = cache_folder() / f"{key[:24]}-{IR_FORMAT}"
    graph = folder / "renderer.xml"
    if graph.is_file():
        return graph
    import openvino
    import torch

    generator = load_generator(weights)
    channels = RendererConfig.from_header(load_weights(weights)[1]["config"]).channels
    example = torch.zeros(1, channels, 512, 512, dtype=torch.uint8)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # OpenVINO still traces, which torch calls deprecated
        model = openvino.convert_model(picture_graph(generator), example_input=example, input=list(example.shape))
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, suffix=".part"))
    openvino.save_model(model, part / "renderer.xml", compress_to_fp16=False)
    try:
        os.replace(part, folder)
    except OSError:  # another process was quicker
        shutil.rmtree(part)
    return graph


class ProcessorPainter:
    """Runs the converted network with OpenVINO on the processor."""

    def __init__(self, weights: Path, key: str) -> None:
        import openvino

        core = openvino.Core()
        settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        try:
            model = core.read_model(convert(weights, key))
        except RuntimeError:  # a damaged cache is made again
            shutil.rmtree(convert(weights, key).parent)
            model = core.read_model(convert(weights, key))
        self._model = core.compile_model(model, "CPU", settings)
        self._queue = openvino.AsyncInferQueue(self._model, QUEUE)
        self.device, self.remark = "processor (OpenVINO)", ""

    def start(self, maps: ByteArray) -> Callable[[], ByteArray]:
        """Queue every map; waiting collects them in order."""
        out = np.empty((len(maps), *maps.shape[2:], 3), np.uint8)

        def keep(request: Any, index: int) -> None:
            out[index] = request.get_output_tensor().data[0]

        self._queue.set_callback(keep)
        for index in range(len(maps)):
            self._queue.start_async([maps[index : index + 1]], index)

        def wait() -> ByteArray:
            self._queue.wait_all()
            return out

        return wait


class CudaPainter:
    """Runs the network with torch on a CUDA card in half precision, and on the processor once the card fails."""

    def __init__(self, weights: Path, key: str) -> None:
        import torch

        self._graph: nn.Module | None = picture_graph(load_generator(weights).half().cuda())
        self._spare = lambda: ProcessorPainter(weights, key)
        self._instead: ProcessorPainter | None = None
        self.device, self.remark = torch.cuda.get_device_name(0), ""

    def start(self, maps: ByteArray) -> Callable[[], ByteArray]:
        """Paint at once, on the card while it can."""
        import torch

        if self._graph is not None:
            try:
                with torch.inference_mode():
                    pictures = self._graph(torch.from_numpy(maps).cuda()).cpu().numpy()
                return lambda: pictures
            except RuntimeError as error:  # out of memory is one
                self._graph, self.remark = None, fallen(error)
        self._instead = self._instead or self._spare()
        self.device = self._instead.device
        return self._instead.start(maps)


def fallen(error: Exception) -> str:
    """The sentence for a card that had to be given up."""
    first = (str(error).splitlines() or [type(error).__name__])[0][:80]
    return f"The graphics card could not be used ({first}); painting on the processor"


def cuda_ready() -> bool:
    """Whether torch sees a CUDA card. Does not import torch where no driver is installed."""
    if not (Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi")):
        return False
    import torch

    return bool(torch.cuda.is_available())


def open_painter(weights: Path, key: str, device: str = "auto") -> Painter:
    """A painter for a weight file. key: hash of the file; device: auto, cpu or cuda.

    A card that is missing, too small or broken falls back to the processor, and the painter's remark says so.
    """
    remark = ""
    if device == "cuda" or (device == "auto" and cuda_ready()):
        try:
            return CudaPainter(weights, key)
        except (RuntimeError, AssertionError) as error:  # out of memory is a RuntimeError, no CUDA an AssertionError
            remark = fallen(error)
    painter = ProcessorPainter(weights, key)
    painter.remark = remark
    return painter
