"""Draws quality against real rate as an SVG picture: one mark per codec and rate, codecs joined by lines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, groupby
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 900, 560
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 36, 56, 68
_COLOURS = ("#0a7d6c", "#b4540a", "#5b4bb7", "#a3245f", "#3f6d1c", "#2b5d9b", "#6b6b6b")
_INK = "#24292f"
_STYLE = f"font-family='system-ui, sans-serif' fill='{_INK}'"


@dataclass(frozen=True)
class Point:
    """A codec at one rate: real kbit/s and PESQ wide band."""

    name: str
    kbps: float
    pesq_wb: float

    @property
    def family(self) -> str:
        """The name without its rate."""
        return self.name if " " in self.name else self.name.rpartition("-")[0]


@dataclass(frozen=True)
class Scale:
    """Values to places: from `low` at `begin` to `high` at `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value."""
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)


def draw(points: Sequence[Point], path: Path) -> None:
    """Write the picture in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(svg_of(points), encoding="utf-8")
    os.replace(part, path)


def svg_of(points: Sequence[Point]) -> str:
    """The picture as text."""
    across = Scale(0.0, _above(max(p.kbps for p in points), 1.0), _LEFT, WIDTH - _RIGHT)
    up = Scale(1.0, _above(max(p.pesq_wb for p in points), 0.5), HEIGHT - _BOTTOM, _TOP)
    return "\n".join(
        (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}'>",
            "<rect width='100%' height='100%' fill='white'/>",
            _text(_LEFT, 30, "Speech quality against the real size of the file", "start", 18, "bold"),
            *_axes(across, up),
            *_families(points, across, up),
            "</svg>\n",
        )
    )


def _above(value: float, step: float) -> float:
    """The next multiple of a step that leaves some room."""
    return step * (int((value + 0.12 * step) / step) + 1)


def _axes(across: Scale, up: Scale) -> Iterator[str]:
    for k in range(int(across.high) + 1):
        x = across.at(k)
        yield f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{up.begin}' y2='{up.end}' stroke='#e4e7eb'/>"
        yield _text(x, up.begin + 22, str(k), "middle", 13)
    for half in range(int(2 * up.low), int(2 * up.high) + 1):
        y = up.at(half / 2)
        yield f"<line x1='{across.begin}' x2='{across.end}' y1='{y:.1f}' y2='{y:.1f}' stroke='#e4e7eb'/>"
        yield _text(across.begin - 12, y + 4.5, f"{half / 2:.1f}", "end", 13)
    yield f"<path d='M{across.begin} {up.end}V{up.begin}H{across.end}' fill='none' stroke='#57606a'/>"
    yield _text((across.begin + across.end) / 2, HEIGHT - 18, "kbit/s, file size over seconds", "middle", 14)
    middle = (up.begin + up.end) / 2
    yield f"<g transform='rotate(-90 24 {middle})'>{_text(24, middle, 'PESQ, wide band (P.862.2)', 'middle', 14)}</g>"


def _families(points: Sequence[Point], across: Scale, up: Scale) -> Iterator[str]:
    marks = [(across.at(p.kbps), up.at(p.pesq_wb)) for p in points]
    taken = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in marks]
    families = [list(group) for _, group in groupby(zip(points, marks, strict=True), lambda pair: pair[0].family)]
    for family, colour in zip(families, cycle(_COLOURS)):
        path = " ".join(f"{x:.1f},{y:.1f}" for _, (x, y) in family)
        yield f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='1.5' opacity='0.55'/>"
    for family, colour in zip(families, cycle(_COLOURS)):
        for point, (x, y) in family:
            yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{colour}'/>"
            box = _free(x, y, 7.2 * len(point.name), taken, across.end)
            taken.append(box)
            words = _text(box.left, box.bottom - 4, point.name, "start", 13)
            yield words.replace("<text", "<text stroke='white' stroke-width='3'")  # keeps lines clear of the words
            yield words.replace(_INK, colour)


class Box(NamedTuple):
    """A place that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two places overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def _free(x: float, y: float, width: float, taken: Sequence[Box], most: float) -> Box:
    """A place for a name near its mark: beside, above or below it, the nearest one that is free."""
    for away in range(0, 120, 15):
        for left in (x + 10, x - 10 - width, x - width / 2):
            for top in (y - 8 - away, y - 8 + away):
                box = Box(left, top, left + width, top + 16)
                if box.right < most and box.left > _LEFT and not any(box.meets(other) for other in taken):
                    return box
    return Box(x + 10, y - 8, x + 10 + width, y + 8)


def _text(x: float, y: float, words: str, anchor: str, size: int, weight: str = "normal") -> str:
    place = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}' font-weight='{weight}'"
    return f"<text {place} {_STYLE}>{escape(words)}</text>"
