"""Sound to packet: levels, segments in batches, first the encoder's codes for all of them, then the search."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.api.codec import MOST_ITERATIONS, RATES_KBPS, Encoded, EncodeJob
from engines.api.events import EngineError, Partial, Progress
from engines.api.rooms import Work
from engines.api.values import FloatArray
from engines.codec.config import SEGMENT
from engines.codec.draft import Draft
from engines.codec.entropy import Coder
from engines.codec.interface import CodecModel, gain_of, level_of_blocks
from engines.codec.packet import MODELS, MOST_SAMPLES, Header
from engines.codec.sources import Source, blocks_of, piece_of, source_of

PARTIAL_S = 1.0
"""Seconds between two packets of the best so far."""
_PARTIAL_SHARE = 20
"""So many times longer than making such a packet takes is waited before the next."""
_SILENT = 2.0**-15
"""Samples below this are digital silence."""
_MOST_BATCH = 256


@dataclass(frozen=True, eq=False)
class Batch:
    """Segments searched together: their numbers, and their mels with context (s, t, m)."""

    numbers: tuple[int, ...]
    mels: FloatArray


def encode(job: EncodeJob, model: CodecModel, coder: Coder) -> Work:
    """Yields Progress and Partial(Encoded), returns Encoded. Fails with EngineError for what cannot be encoded."""
    _check(job)
    source, channels = source_of(job.audio), model.channels(job.kbps)
    if source.count > MOST_SAMPLES:
        raise EngineError("A .bpgan file holds at most 74 hours: cut the recording into parts.")
    header = Header(_number_of(model), model.digest[:4], round(10 * job.kbps), level_of(source), source.count)
    return (yield from _Encoding(job, model, source, header, Draft(header, coder, channels)).work())


def level_of(source: Source) -> int:
    """The level of a sound for its header."""
    return level_of_blocks(blocks_of(source))


class _Encoding:
    """One job under way."""

    def __init__(self, job: EncodeJob, model: CodecModel, source: Source, header: Header, draft: Draft) -> None:
        self._job, self._model, self._source = job, model, source
        self._header, self._draft = header, draft
        self._began = time.monotonic()
        self._next_s = self._began + PARTIAL_S
        self._reached = 0
        self._done, self._total = 0, max(1, header.segments * (job.iterations + 2))

    def work(self) -> Work:
        """All of it; the last thing done is to read the packet again."""
        if self._header.segments > self._job.batch or not self._job.iterations:
            for batch in self._batches():
                yield from self._searched(batch, 0)
        if self._job.iterations:
            self._done = self._header.segments
            for batch in self._batches():
                yield from self._searched(batch, self._job.iterations)
        self._reached = self._job.iterations
        encoded = self._encoded()
        for number in self._draft.checked(encoded.packet):
            if number % 64 == 0:
                yield Progress(self._total - self._header.segments + number, self._total, "Checking")
        return encoded

    def _searched(self, batch: Batch, iterations: int) -> Work:
        begun = self._done
        for found in self._model.search(batch.mels, self._job.kbps, iterations, self._job.seed):
            for row, number in enumerate(batch.numbers):
                self._draft.put(number, found.codes[row], float(found.loss[row]))
            self._done = begun + len(batch.numbers) * (found.iteration if iterations else 1)
            yield Progress(self._done, self._total, "Searching" if iterations else "Encoding")
            if iterations and (now := time.monotonic()) > self._next_s:
                self._reached = max(self._reached, found.iteration)
                yield Partial(self._encoded())
                self._next_s = time.monotonic() + max(PARTIAL_S, _PARTIAL_SHARE * (time.monotonic() - now))

    def _batches(self) -> Iterator[Batch]:
        """Segments that are not silent, `batch` at a time, from the sound's beginning."""
        gain = np.float32(gain_of(self._header.level))
        for first in range(0, self._header.segments, self._job.batch):
            count = min(self._job.batch, self._header.segments - first)
            lead = min(first, 1)  # one segment before and one after, for the frames that reach over the edges
            sound = piece_of(self._source, (first - lead) * SEGMENT, (count + lead + 1) * SEGMENT)
            heard = [i for i in range(count) if _heard(sound[(lead + i) * SEGMENT :][:SEGMENT])]
            if heard:
                mels = self._model.mels(sound * gain, lead, count)[heard]
                yield Batch(tuple(first + i for i in heard), np.ascontiguousarray(mels))

    def _encoded(self) -> Encoded:
        packet, seconds = self._draft.packet(), self._header.seconds
        work_s = time.monotonic() - self._began
        return Encoded(packet, 8 * len(packet) / seconds / 1000, seconds, self._reached, self._draft.loss, work_s)


def _heard(samples: FloatArray) -> bool:
    return bool(len(samples)) and float(np.abs(samples).max()) >= _SILENT


def _number_of(model: CodecModel) -> int:
    return next(number for number, name in MODELS.items() if name == model.name)


def _check(job: EncodeJob) -> None:
    """Raise EngineError for a job that cannot be done."""
    if job.kbps not in RATES_KBPS:
        raise EngineError(
            f"{job.kbps:g} kbit/s is no rate here: choose from {', '.join(f'{k:g}' for k in RATES_KBPS)}."
        )
    if not 0 <= job.iterations <= MOST_ITERATIONS:
        raise EngineError(f"{job.iterations} iterations cannot be done: choose 0 to {MOST_ITERATIONS}.")
    if not 1 <= job.batch <= _MOST_BATCH:
        raise EngineError(f"{job.batch} segments cannot be searched at once: choose 1 to {_MOST_BATCH}.")
