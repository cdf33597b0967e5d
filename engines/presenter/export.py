"""Knows how a trained renderer is run: OpenVINO on a processor, torch on a CUDA card, chosen by what is there.

Letters: n pictures, c map channels, h = w = 512. A processor paints only the window in which the picture will be seen.
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

Window = tuple[int, int, int, int]
"""Top, left, height and width of a part of the face frame, multiples of 16."""
WHOLE: Window = (0, 0, 512, 512)

QUEUE = 8
"""Pictures that may wait in the renderer while others are composed."""
IR_FORMAT = 2
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


def picture_graph(generator: nn.Module, window: Window = WHOLE) -> nn.Module:
    """The generator with bytes at both ends: map (n, c, h, w) uint8 of a window -> pictures (n, h, w, 3) uint8."""
    import torch
    from torch import nn

    class PictureGraph(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.generator = generator

        def forward(self, maps: torch.Tensor) -> torch.Tensor:
            picture = self.generator(maps.to(next(generator.parameters()).dtype) / 255.0, window[:2])
            levels = ((picture.float() + 1.0) * 127.5).clamp(0.0, 255.0).round()
            return levels.to(torch.uint8).permute(0, 2, 3, 1)

    return PictureGraph().eval()


def convert(weights: Path, key: str, window: Window) -> Path:
    """The OpenVINO form (.xml beside .bin) of a weight file, from the cache or made now. key: hash of the weights."""
    folder = cache_folder() / "-".join(map(str, (key[:24], IR_FORMAT, *window)))
    graph = folder / "renderer.xml"
    if graph.is_file():
        return graph
    import openvino
    import torch

    generator = load_generator(weights)
    channels = RendererConfig.from_header(load_weights(weights)[1]["config"]).channels
    example, network = torch.zeros(1, channels, *window[2:], dtype=torch.uint8), picture_graph(generator, window)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # OpenVINO still traces, which torch calls deprecated
        model = openvino.convert_model(network, example_input=example, input=list(example.shape))
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, suffix=".part"))
    openvino.save_model(model, part / "renderer.xml", compress_to_fp16=False)
    try:
        os.replace(part, folder)
    except OSError:  # another process was quicker
        shutil.rmtree(part)
    return graph


class ProcessorPainter:
    """Runs the converted network with OpenVINO on the processor; outside the window pictures are black."""

    def __init__(self, weights: Path, key: str, window: Window = WHOLE) -> None:
        import openvino

        core = openvino.Core()
        settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        try:
            model = core.read_model(convert(weights, key, window))
        except RuntimeError:  # a damaged cache is made again
            shutil.rmtree(convert(weights, key, window).parent)
            model = core.read_model(convert(weights, key, window))
        self._model = core.compile_model(model, "CPU", settings)
        self._queue = openvino.AsyncInferQueue(self._model, QUEUE)
        self._window = window
        self.device, self.remark = "processor (OpenVINO)", ""

    def start(self, maps: ByteArray) -> Callable[[], ByteArray]:
        """Queue every map; waiting collects them in order."""
        out = np.zeros((len(maps), *maps.shape[2:], 3), np.uint8)
        top, left, height, width = self._window
        rows, columns = slice(top, top + height), slice(left, left + width)

        def keep(request: Any, index: int) -> None:
            out[index, rows, columns] = request.get_output_tensor().data[0]

        self._queue.set_callback(keep)
        for index in range(len(maps)):
            part = np.ascontiguousarray(maps[index : index + 1, :, rows, columns])
            self._queue.start_async([part], index)

        def wait() -> ByteArray:
            self._queue.wait_all()
            return out

        return wait


class CudaPainter:
    """Runs the network with torch on a CUDA card in half precision, and on the processor once the card fails."""

    def __init__(self, weights: Path, key: str, window: Window = WHOLE) -> None:
        import torch

        self._graph: nn.Module | None = picture_graph(load_generator(weights).half().cuda())
        self._spare = lambda: ProcessorPainter(weights, key, window)
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


def open_painter(weights: Path, key: str, device: str = "auto", window: Window = WHOLE) -> Painter:
    """A painter for a weight file. key: hash of the file; device: auto, cpu or cuda; window: what will be seen.

    A card that is missing, too small or broken falls back to the processor, and the painter's remark says so.
    """
    remark = ""
    if device == "cuda" or (device == "auto" and cuda_ready()):
        try:
            return CudaPainter(weights, key, window)
        except (RuntimeError, AssertionError) as error:  # out of memory is a RuntimeError, no CUDA an AssertionError
            remark = fallen(error)
    painter = ProcessorPainter(weights, key, window)
    painter.remark = remark
    return painter
