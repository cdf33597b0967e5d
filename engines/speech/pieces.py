"""Long recordings cut at pauses, and which words of a long text belong to which piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from engines.api.values import FloatArray
from engines.speech.decoding import RATE_HZ
from engines.speech.silences import HOP_S
from engines.speech.spelling import Told

LONGEST_S = 25.0
SHORTEST_S = 12.0
WHOLE_S = 300.0


@dataclass(frozen=True)
class Piece:
    """Samples start..stop of a recording; heard: whether anything in it rises above the background."""

    start: int
    stop: int
    heard: bool


def cut(samples: FloatArray, quiet: NDArray[np.bool_], *, told: bool = False) -> list[Piece]:
    """Pieces of at most 25 s, cut in the middle of the longest pause of the last half of each.

    Where the words are told, up to 5 minutes stay whole: aligning is quick, and no word can land in a wrong piece.
    """
    if told and len(samples) <= WHOLE_S * RATE_HZ:
        return [Piece(0, len(samples), bool((~quiet).any()))]
    hop = round(HOP_S * RATE_HZ)
    pieces: list[Piece] = []
    at = 0
    while at < len(quiet):
        stop = len(quiet) if len(quiet) - at <= LONGEST_S / HOP_S else at + _place(quiet[at:])
        pieces.append(Piece(at * hop, min(stop * hop, len(samples)), bool((~quiet[at:stop]).any())))
        at = stop
    return pieces


def _place(quiet: NDArray[np.bool_]) -> int:
    """Frame to cut at: the middle of the longest quiet run between the shortest and longest piece."""
    low, high = int(SHORTEST_S / HOP_S), int(LONGEST_S / HOP_S)
    window = np.concatenate(([False], quiet[low:high], [False])).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(window) == 1), np.flatnonzero(np.diff(window) == -1)
    if starts.size == 0:
        return high
    best = int(np.argmax(ends - starts))
    return low + int(starts[best] + ends[best]) // 2


def share_words(
    pieces: list[Piece], told: list[Told], recognise: Callable[[Piece], list[str]]
) -> Iterator[tuple[Piece, list[Told]]]:
    """Each piece with its words of the text.

    In a recording of several pieces, recognised words are the anchors: a word of the text lies where its match was
    heard, the words between two anchors are shared out in proportion.
    """
    spoken = [piece for piece in pieces if piece.heard]
    if not told or len(spoken) < 2:
        yield from ((piece, told if piece.heard else []) for piece in pieces)
        return
    owners = _owners(told, [recognise(piece) for piece in spoken])
    for piece in pieces:
        mine = spoken.index(piece) if piece.heard else -1
        yield piece, [word for word, owner in zip(told, owners, strict=True) if owner == mine]


def _owners(told: list[Told], heard: list[list[str]]) -> list[int]:
    """Number of the piece that each told word belongs to, never decreasing."""
    words = [word for piece in heard for word in piece]
    piece_of = [i for i, piece in enumerate(heard) for _ in piece]
    matcher = SequenceMatcher(None, [t.spoken for t in told], words, autojunk=False)
    known, places = [-1.0, float(len(told))], [0.0, float(len(heard) - 1)]
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            known.insert(-1, float(block.a + k))
            places.insert(-1, float(piece_of[block.b + k]))
    owners = np.interp(np.arange(len(told)), known, places).round().astype(int)
    return [int(owner) for owner in np.maximum.accumulate(owners)]
