"""An item of the timeline together with its speech, told in timeline times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engines.api.values import Audio, Phone, Speech, Word
from studio.document.project import ClipItem


@dataclass(frozen=True, eq=False)
class Passage:
    """One item of the timeline with its speech, None while it is being read from disk."""

    item: ClipItem
    speech: Speech | None = None

    @property
    def shift_s(self) -> float:
        """What to add to a time of the take to get one of the timeline."""
        return self.item.start_s - self.item.trim_s

    def words(self) -> Iterator[Word]:
        """Words heard, at their times on the timeline."""
        for word in self.speech.words if self.speech else ():
            if self._heard(word.start_s, word.end_s):
                yield replace(word, start_s=word.start_s + self.shift_s, end_s=word.end_s + self.shift_s)

    def phones(self) -> Iterator[Phone]:
        """Phones heard, at their times on the timeline."""
        for phone in self.speech.phones if self.speech else ():
            if self._heard(phone.start_s, phone.end_s):
                yield replace(phone, start_s=phone.start_s + self.shift_s, end_s=phone.end_s + self.shift_s)

    def word_at(self, at_s: float) -> Word | None:
        """The word heard at a time of the timeline, in take times."""
        inside_s = at_s - self.shift_s
        return next((w for w in (self.speech.words if self.speech else ()) if w.start_s <= inside_s < w.end_s), None)

    def _heard(self, start_s: float, end_s: float) -> bool:
        return end_s > self.item.trim_s and start_s < self.item.trim_s + self.item.seconds


def joined(first: Speech | None, then: Speech) -> Speech:
    """Speech made longer by a sentence whose times begin at its own start."""

    if first is None:
        return then
    by_s = first.audio.seconds
    phones = tuple(replace(p, start_s=p.start_s + by_s, end_s=p.end_s + by_s) for p in then.phones)
    words = tuple(replace(w, start_s=w.start_s + by_s, end_s=w.end_s + by_s) for w in then.words)
    samples = np.concatenate([first.audio.samples, then.audio.samples])
    audio = Audio(samples, then.audio.rate_hz)
    return Speech(audio, (*first.phones, *phones), (*first.words, *words), f"{first.text} {then.text}".strip())
