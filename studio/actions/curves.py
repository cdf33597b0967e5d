"""What is done to the keys of the curves drawn: each is one step of undo; a drag is told by its gesture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from studio.actions.avatar import tune, tuning_of
from studio.actions.desk import Desk
from studio.bridge.passages import Passage
from studio.document.keys import Chosen, Keys, baked, bend, moved, on_frame, scaled, stretched, with_key, without
from studio.document.layers import channel
from studio.document.tuning import Curve, Key, Tuning, with_curve

ChosenKeys = Mapping[str, Chosen]
"""Chosen keys by channel."""
Edit = Callable[[Curve, Chosen], tuple[Keys, Chosen]]


def drawn_passage(desk: Desk) -> Passage | None:
    """Where the story being edited lies, once its face is there."""
    passage = desk.programme.passage_of(desk.selection.now.story)
    return passage if passage is not None and desk.faces.has(passage) else None


def rate_of(desk: Desk) -> float:
    """Frames a second that keys snap to."""
    return float(desk.document.project.clip.fps)


def edit_curves(
    desk: Desk, label: str, chosen: ChosenKeys, edit: Edit, *, base: Tuning | None = None, gesture: object = None
) -> dict[str, Chosen]:
    """Edit chosen keys of every channel, from the tuning `base` (None: as it is now); returns what is chosen then."""
    passage = drawn_passage(desk)
    if passage is None:
        return dict(chosen)
    tuning, kept = base or tuning_of(desk), {}
    for shape, keys in chosen.items():
        curve = tuning.curve(shape, passage.item.take.digest)
        if tuning.shape(shape).locked:
            kept[shape] = keys
            continue
        new, kept[shape] = edit(curve, keys)
        tuning = with_curve(tuning, replace(curve, keys=new))
    tune(desk, label, tuning, gesture=gesture)
    return kept


def drag_keys(
    desk: Desk,
    chosen: ChosenKeys,
    base: Tuning,
    by_s: float,
    by: Mapping[str, float],
    *,
    ripple: bool,
    gesture: object,
) -> dict[str, Chosen]:
    """Move the keys chosen when the drag began from where they were in `base`; by: change of value by channel."""

    def edit(curve: Curve, keys: Chosen) -> tuple[Keys, Chosen]:
        return moved(curve.keys, keys, by_s, by[curve.shape], ripple=ripple)

    return edit_curves(desk, "Ripple keys" if ripple else "Move keys", chosen, edit, base=base, gesture=gesture)


def nudge_keys(desk: Desk, chosen: ChosenKeys, frames: int, by: float, *, ripple: bool) -> dict[str, Chosen]:
    """Move keys by frames and value with the keyboard."""
    by_s = frames / rate_of(desk)
    return edit_curves(desk, "Move keys", chosen, lambda curve, keys: moved(curve.keys, keys, by_s, by, ripple=ripple))


def scale_keys(desk: Desk, chosen: ChosenKeys, factor: float) -> dict[str, Chosen]:
    """Make what the keys do larger or smaller."""
    return edit_curves(desk, "Scale keys", chosen, lambda curve, keys: scaled(curve.keys, keys, factor))


def stretch_keys(desk: Desk, chosen: ChosenKeys, factor: float) -> dict[str, Chosen]:
    """Spread keys in time from the first."""
    rate = rate_of(desk)
    return edit_curves(desk, "Stretch keys", chosen, lambda curve, keys: stretched(curve.keys, keys, factor, rate))


def delete_keys(desk: Desk, chosen: ChosenKeys) -> None:
    """Take keys away; the model's output comes back."""
    edit_curves(desk, "Delete keys", chosen, lambda curve, keys: (without(curve.keys, keys), frozenset()))


def add_key(desk: Desk, shape: str, at_s: float, value: float | None) -> dict[str, Chosen]:
    """Add a key at a time of the timeline, where the curve is (None) or bent to a value; returns it as chosen."""
    passage = drawn_passage(desk)
    performance = desk.faces.tuned_of(passage) if passage is not None else None
    if passage is None or performance is None or tuning_of(desk).shape(shape).locked:
        return {}
    inside_s = on_frame(min(max(at_s - passage.shift_s, 0.0), passage.item.take.seconds), rate_of(desk))
    curve = tuning_of(desk).curve(shape, passage.item.take.digest)
    times_s = np.arange(len(performance.weights)) / float(performance.fps)
    now = float(np.interp(inside_s, times_s, channel(performance, shape)))
    goal = now if value is None else value
    below = now - _bent_at(curve, inside_s)
    key = Key(inside_s, goal if curve.baked else goal - below)
    tune(desk, "Add key", with_curve(tuning_of(desk), replace(curve, keys=with_key(curve.keys, key))))
    return {shape: frozenset({key})}


def bake_curves(desk: Desk, shapes: tuple[str, ...]) -> None:
    """Turn curves into keys over the marked stretch, or the whole take: from then on the keys are the curve."""
    passage = drawn_passage(desk)
    performance = desk.faces.tuned_of(passage) if passage is not None else None
    if passage is None or performance is None:
        return
    span, item = desk.selection.now.span, passage.item
    start_s = item.trim_s if span is None else span.start_s - passage.shift_s
    end_s = item.trim_s + item.seconds if span is None else span.end_s - passage.shift_s
    times_s = np.arange(len(performance.weights)) / float(performance.fps)
    tuning = tuning_of(desk)
    for shape in shapes:
        keys = baked(channel(performance, shape), times_s, start_s, end_s)
        tuning = with_curve(tuning, Curve(shape, item.take.digest, keys, baked=True))
    tune(desk, "Bake curves", tuning)


def clear_curves(desk: Desk, shapes: tuple[str, ...]) -> None:
    """Take all keys of curves away."""
    passage, tuning = drawn_passage(desk), tuning_of(desk)
    if passage is None:
        return
    for shape in shapes:
        tuning = with_curve(tuning, Curve(shape, passage.item.take.digest))
    tune(desk, "Remove all keys", tuning)


def _bent_at(curve: Curve, at_s: float) -> float:
    """What the keys add to the curve at a time."""
    return 0.0 if curve.baked else float(bend(np.zeros(1), np.array([at_s]), curve)[0])
