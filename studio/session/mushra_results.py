"""What a MUSHRA test found: means with confidence intervals, who is left out and why, and tables of both."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from studio.session.mushra import ANCHOR, HIDDEN, Rating

CONFIDENCE = 0.95
GOOD_ENOUGH = 90
"""A hidden reference is rated at least so high, an anchor at most."""
TOLERATED = 0.15
"""Share of items in which that rule may be broken (BS.1534-3, section 4.1.2)."""
ALL_ITEMS = "All items"


@dataclass(frozen=True)
class Summary:
    """What was thought of a condition in one item, or in ALL_ITEMS. n: scores; low, high: 95 % confidence interval of
    the mean by Student's t, None of a single score; lower, median, upper: quartiles."""

    item: str
    condition: str
    n: int
    mean: float
    low: float | None
    high: float | None
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class Screened:
    """A listener whose scores say that the test was not heard as meant. why: the rule broken, in words."""

    listener: str
    why: str


def summarise(
    ratings: Sequence[Rating], *, without: Collection[str] = (), order: Sequence[str] = ()
) -> tuple[Summary, ...]:
    """Every condition over all items, then item by item; reference first, anchor last.

    without: listeners whose scores do not count; order: of the conditions between. Source: BS.1534-3, section 9.
    """
    kept = [rating for rating in ratings if rating.listener not in without]
    places = {HIDDEN: -1, ANCHOR: len(order) + 1, **{condition: i for i, condition in enumerate(order)}}
    conditions = sorted({rating.condition for rating in kept}, key=lambda c: (places.get(c, len(order)), c))
    items = sorted(dict.fromkeys(rating.item for rating in kept))
    found = []
    for item in (ALL_ITEMS, *items):
        for condition in conditions:
            scores = [r.score for r in kept if r.condition == condition and item in (ALL_ITEMS, r.item)]
            if scores:
                found.append(_summary(item, condition, scores))
    return tuple(found)


def half_width(scores: Sequence[float]) -> float | None:
    """Half the 95 % confidence interval of a mean by Student's t; None for fewer than two scores."""
    from scipy.stats import t  # takes a second to load

    if len(scores) < 2:
        return None
    quantile = float(t.ppf(0.5 + CONFIDENCE / 2, len(scores) - 1))
    half: float = quantile * float(np.std(scores, ddof=1)) / math.sqrt(len(scores))
    return half


def screen(ratings: Iterable[Rating]) -> tuple[Screened, ...]:
    """Listeners to leave out after the test: BS.1534-3, section 4.1.2 (the hidden reference, and the anchor)."""
    ratings = tuple(ratings)
    found = []
    for listener in dict.fromkeys(rating.listener for rating in ratings):
        own = [rating for rating in ratings if rating.listener == listener]
        low = _share(own, HIDDEN, lambda score: score < GOOD_ENOUGH)
        high = _share(own, ANCHOR, lambda score: score > GOOD_ENOUGH)
        if low > TOLERATED:
            found.append(
                Screened(listener, f"rated the hidden reference below {GOOD_ENOUGH} in {low:.0%} of the items")
            )
        elif high > TOLERATED:
            found.append(Screened(listener, f"rated the anchor above {GOOD_ENOUGH} in {high:.0%} of the items"))
    return tuple(found)


def summary_csv(summaries: Iterable[Summary]) -> str:
    """The summaries as CSV with a head line; numbers with one decimal, empty where there is none."""
    head = ("item", "condition", "n", "mean", "ci95_low", "ci95_high", "lower_quartile", "median", "upper_quartile")
    rows = ((s.item, s.condition, s.n, *map(_number, _numbers(s))) for s in summaries)
    return _table(head, rows)


def ratings_csv(ratings: Iterable[Rating], screened: Collection[str] = ()) -> str:
    """Every score as CSV with a head line."""
    head = ("listener", "seed", "trial", "slider", "item", "condition", "score", "screened")
    rows = (
        (r.listener, r.seed, r.trial, r.slider, r.item, r.condition, r.score, "yes" if r.listener in screened else "no")
        for r in ratings
    )
    return _table(head, rows)


def _summary(item: str, condition: str, scores: list[int]) -> Summary:
    mean, half = float(np.mean(scores)), half_width(scores)
    lower, median, upper = (float(q) for q in np.quantile(scores, (0.25, 0.5, 0.75)))
    low, high = (None, None) if half is None else (max(mean - half, 0.0), min(mean + half, 100.0))
    return Summary(item, condition, len(scores), mean, low, high, lower, median, upper)


def _share(ratings: Sequence[Rating], condition: str, broken: Callable[[int], bool]) -> float:
    """In what share of its items a listener broke a rule."""
    scores = [rating.score for rating in ratings if rating.condition == condition]
    return sum(map(broken, scores)) / len(scores) if scores else 0.0


def _numbers(s: Summary) -> tuple[float | None, ...]:
    return s.mean, s.low, s.high, s.lower, s.median, s.upper


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
