"""What is heard of a comparison: lanes at equal loudness, switched at the same sample, and their difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.api.values import Audio
from studio.audio.switching import Lanes, prepare
from studio.bridge.lanes_player import LanesPlayer
from studio.bridge.tasks import Tasks
from studio.session.comparison import DIFFERENCE, ORIGINAL

CHANNEL = "comparison listening"


class Listening(QObject):
    """Keys of lanes in front of a LanesPlayer; the first lane sets the loudness of all."""

    changed = Signal()
    """Another lane is heard, or other lanes can be."""

    def __init__(self, player: LanesPlayer, tasks: Tasks) -> None:
        super().__init__()
        self.player = player
        self.heard = ORIGINAL
        """The key of the lane that is heard, or will be as soon as it can."""
        self.focus = ""
        """The rebuilt lane that was heard last: the difference is its own."""
        self._tasks = tasks
        self._keys: tuple[str, ...] = ()
        self._lanes = Lanes()

    @property
    def keys(self) -> tuple[str, ...]:
        """Lanes that can be heard, the difference apart."""
        return self._keys

    def gain_db(self, key: str) -> float | None:
        """What was changed of a lane's level for equal loudness."""
        return self._lanes.gains_db[self._keys.index(key)] if key in self._keys else None

    def lay(self, sounds: Sequence[tuple[str, Audio]]) -> None:
        """Make these lanes heard, prepared on a worker thread; playhead, loop and lane stay where they can."""
        keys, audios = tuple(key for key, _ in sounds), [audio for _, audio in sounds]
        self._tasks.run(lambda: prepare(audios), lambda lanes: self._laid(keys, lanes), channel=CHANNEL)

    def hear(self, key: str) -> None:
        """Switch to a lane, or to the difference between the lane heard last and the original."""
        if key == DIFFERENCE:
            self._hear_difference()
        elif key in self._keys:
            self.heard = key
            self.focus = key if key != ORIGINAL else self.focus
            self.player.choose(self._keys.index(key))
            self.changed.emit()

    def close(self) -> None:
        """Fall silent."""
        self.player.close()

    def _laid(self, keys: tuple[str, ...], lanes: Lanes) -> None:
        self._keys, self._lanes = keys, lanes
        if self.focus not in keys:
            self.focus = next((key for key in keys if key != ORIGINAL), "")
        if self.heard not in keys and not (self.heard == DIFFERENCE and self.focus):
            self.heard = ORIGINAL
        self._swap(lanes, keys.index(self.heard) if self.heard in keys else 0)
        if self.heard == DIFFERENCE:
            self._hear_difference()
        self.changed.emit()

    def _hear_difference(self) -> None:
        if self.focus not in self._keys:
            return
        lanes, place = self._lanes, self._keys.index(self.focus)
        self._tasks.run(lambda: with_difference(lanes, place), self._add_difference, channel=f"{CHANNEL} difference")

    def _add_difference(self, lanes: Lanes) -> None:
        if len(lanes.sounds) == len(self._keys) + 1:  # else other lanes were laid meanwhile
            self.heard = DIFFERENCE
            self._swap(lanes, len(self._keys))
            self.changed.emit()

    def _swap(self, lanes: Lanes, lane: int) -> None:
        """Other sounds under the same playhead."""
        player = self.player
        playing, at_s, loop = player.playing, player.position_s, player.loop
        player.load(lanes, lane)
        if loop is not None and loop.end_s <= player.length_s:
            player.set_loop(loop)
        player.seek(min(at_s, player.length_s))
        if playing:
            player.play()


def with_difference(lanes: Lanes, place: int) -> Lanes:
    """The same lanes and, last, what the one at `place` has more than the first: at its true level, not matched."""
    first, gains = lanes.sounds[0], [10 ** (db / 20) for db in lanes.gains_db]
    difference = lanes.sounds[place] * np.float32(gains[0] / gains[place]) - first
    return Lanes((*lanes.sounds, difference), (*lanes.gains_db, lanes.gains_db[0]))
