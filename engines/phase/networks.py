"""Knows the methods that need weights, and keeps them loaded."""

from __future__ import annotations

from engines.api.events import EngineError
from engines.common.stft import Grid
from engines.phase.compact import compact_method, load_compact
from engines.phase.methods import Method
from engines.phase.paper import load_paper, paper_method


class Networks:
    """Methods by preset and device, loaded on first use."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[Method, Grid]] = {}

    def method(self, preset: str, grid: Grid, device: str) -> Method:
        """The method of a preset. Fails with EngineError where weights are missing or made for another grid."""
        key = preset, device
        if key not in self._kept:
            self._kept[key] = _load(preset, device)
        method, trained = self._kept[key]
        if grid != trained:
            raise EngineError(
                f"These weights are for {trained.rate_hz} Hz and frames of {trained.size} samples every {trained.hop}"
                f" ({trained.window} window): choose that setting, or a method without weights."
            )
        return method


def _load(preset: str, device: str) -> tuple[Method, Grid]:
    if preset == "compact":
        network = load_compact(device)
        return compact_method(network), network.grid
    generator = load_paper(device)
    return paper_method(generator), generator.grid
