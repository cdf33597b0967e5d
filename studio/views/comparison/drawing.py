"""What a lane's picture is made from, and the work of making it, away from the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engines.api.values import Audio
from studio.audio.contrast import Picture, Raster, Trace, level_errors, levels, phase_errors, trace
from studio.session.comparison import DIFFERENCE, ORIGINAL
from studio.views.comparison.palettes import View


@dataclass(frozen=True, eq=False)
class Request:
    """Pictures wanted: of which sounds (by lane), of what kind, over which stretch. focus: whose difference."""

    sounds: Mapping[str, Audio]
    view: View
    raster: Raster
    start_s: float
    end_s: float
    focus: str


Drawn = Mapping[str, Trace | Picture]


def draw(request: Request) -> Drawn:
    """Every lane's picture by its key."""
    drawn = {key: _lane(request, key) for key in request.sounds}
    if request.focus in request.sounds:
        drawn[DIFFERENCE] = _difference(request)
    return drawn


def _lane(request: Request, key: str) -> Trace | Picture:
    sound, raster = request.sounds[key].samples, request.raster
    stretch = request.start_s, request.end_s
    if request.view is View.WAVE:
        return trace(sound, raster.rate_hz, *stretch)
    if request.view is View.LEVELS or key == ORIGINAL:
        return levels(sound, raster, *stretch)
    return phase_errors(request.sounds[ORIGINAL].samples, sound, raster, *stretch)


def _difference(request: Request) -> Trace | Picture:
    """Rebuilt minus original; beside errors of phase, the errors of level."""
    original, rebuilt = request.sounds[ORIGINAL].samples, request.sounds[request.focus].samples
    raster, stretch = request.raster, (request.start_s, request.end_s)
    if request.view is View.WAVE:
        return trace(rebuilt - original, raster.rate_hz, *stretch)
    if request.view is View.LEVELS:
        return levels(rebuilt - original, raster, *stretch)
    return level_errors(original, rebuilt, raster, *stretch)
