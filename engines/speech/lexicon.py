"""The word lists in assets/lexicon, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "assets" / "lexicon"


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """First column -> the other columns of a tab-separated list; lines that begin with "# " are comments."""
    rows = (line.split("\t") for line in _lines(f"{name}.tsv"))
    return {row[0]: tuple(row[1:]) for row in rows}


@cache
def words(name: str) -> frozenset[str]:
    """All words of a list."""
    return frozenset(word for line in _lines(f"{name}.txt") for word in line.split())


def _lines(file: str) -> list[str]:
    text = (FOLDER / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
