"""Phone marks become phones that tile a piece of sound: no gaps, no overlaps, closures given to their stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.api.values import SILENCE, Phone
from engines.speech.inventory import STOPPED, Unit, parse

CLOSURE_S = 0.09
"""Longest closure that is looked for before a stop."""
_QUIET = 10 ** (-50 / 20)


@dataclass(frozen=True)
class Mark:
    """Something begins at a sample: an IPA spelling, empty for a pause."""

    ipa: str
    sample: int


@dataclass(frozen=True)
class _Span:
    unit: Unit
    start: int
    end: int


_PAUSE = Unit(SILENCE, 0, 1.0)


def tile(marks: list[Mark], samples: NDArray[np.float32], rate_hz: int, *, english: bool) -> tuple[Phone, ...]:
    """Phones from 0 to the end of samples; marks of no length and unknown letters vanish, pauses are joined."""
    spans = _merge(_cut(marks, samples, english))
    spans = _give_closures(spans, samples, rate_hz)
    return tuple(Phone(s.unit.symbol, s.start / rate_hz, s.end / rate_hz, s.unit.stress) for s in spans)


def _cut(marks: list[Mark], samples: NDArray[np.float32], english: bool) -> list[_Span]:
    """One span per phone: the time of a mark is shared among the phones of its spelling."""
    total = len(samples)
    spans: list[_Span] = []
    first = marks[0].sample if marks else total
    if first > 0:
        spans.append(_Span(_PAUSE, 0, min(first, total)))
    ends = [mark.sample for mark in marks[1:]] + [total]
    for mark, end in zip(marks, ends, strict=True):
        start = min(max(mark.sample, spans[-1].end if spans else 0), total)
        end = min(max(end, start), total)
        units = parse(mark.ipa, english=english)
        spans.extend(_share_out(units, start, end) if units else _rest(samples[start:end], start, spans))
    return spans


def _rest(heard: NDArray[np.float32], start: int, spans: list[_Span]) -> list[_Span]:
    """A mark without letters: the sound in it still belongs to the phone before, what is quiet is a pause."""
    loud = np.flatnonzero(np.abs(heard) >= _QUIET)
    middle = start + (int(loud[-1]) + 1 if loud.size and spans and spans[-1].unit is not _PAUSE else 0)
    if middle > start:
        spans[-1] = _Span(spans[-1].unit, spans[-1].start, middle)
    return [_Span(_PAUSE, middle, start + len(heard))]


def _share_out(units: list[Unit], start: int, end: int) -> list[_Span]:
    shares = np.cumsum([0.0] + [unit.share for unit in units])
    edges = start + np.round(shares / shares[-1] * (end - start)).astype(int)
    return [_Span(u, int(a), int(b)) for u, a, b in zip(units, edges[:-1], edges[1:], strict=True)]


def _merge(spans: list[_Span]) -> list[_Span]:
    """Drop spans of no length and join neighbouring pauses."""
    kept: list[_Span] = []
    for span in spans:
        if span.end <= span.start:
            continue
        if kept and kept[-1].unit is _PAUSE and span.unit is _PAUSE:
            kept[-1] = _Span(_PAUSE, kept[-1].start, span.end)
        else:
            kept.append(span)
    return kept


def _give_closures(spans: list[_Span], samples: NDArray[np.float32], rate_hz: int) -> list[_Span]:
    """Move the start of each stop back over the quiet before it.

    espeak marks a stop at its burst; the lips or tongue close before that, in the quiet stretch.
    """
    out = list(spans)
    quiet = np.abs(samples) < _QUIET
    for i in range(1, len(out)):
        before, stop = out[i - 1], out[i]
        if stop.unit.symbol not in STOPPED:
            continue
        floor = max(before.start + rate_hz // 100, stop.start - int(CLOSURE_S * rate_hz))
        loud = np.flatnonzero(~quiet[floor : stop.start])
        start = floor if loud.size == 0 else floor + int(loud[-1]) + 1
        if before.start < start < stop.start:
            out[i - 1] = _Span(before.unit, before.start, start)
            out[i] = _Span(stop.unit, start, stop.end)
    return out
