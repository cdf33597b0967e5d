"""Codes to bytes and back with a range coder over integer tables: the same bits on every machine.

Letters: s steps, c channels. Source of the coder: Martin 1979, "Range encoding", as the library `constriction` has it.
"""

from __future__ import annotations

import constriction
import numpy as np
from numpy.typing import NDArray

from engines.codec.tables import PRECISION, Tables

Codes = NDArray[np.uint8]
_Categorical = constriction.stream.model.Categorical


class DamagedPayload(Exception):
    """Bytes that no codes were written as."""


class Coder:
    """Codes of one segment (s, c) to its payload and back, with one model's tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._family = _Categorical(perfect=False)
        self._models: dict[tuple[int, int], object] = {}

    def pack(self, codes: Codes) -> bytes:
        """(s, c) -> the fewest bytes that give these codes again."""
        contexts = self._tables.contexts(codes.astype(np.int64))
        rows = self._tables.frequencies[np.arange(codes.shape[1]), contexts].reshape(codes.size, -1)
        encoder = constriction.stream.queue.RangeEncoder()
        chances = _chances(rows)
        encoder.encode(codes.reshape(-1).astype(np.int32), self._family, chances)
        return self._shortest(encoder.get_compressed().astype(">u4").tobytes(), codes, chances)

    def unpack(self, payload: bytes, steps: int, channels: int) -> Codes:
        """Payload -> (s, c). Raises DamagedPayload."""
        codes = np.zeros((steps, channels), np.int64)
        decoder = _decoder(payload)
        try:
            for step in range(steps):
                for channel in range(channels):
                    context = int(self._tables.context(codes, step, channel))
                    codes[step, channel] = decoder.decode(self._model(channel, context))
        except AssertionError as error:
            raise DamagedPayload from error
        return codes.astype(np.uint8)

    def _model(self, channel: int, context: int) -> object:
        key = (channel, context)
        if key not in self._models:
            self._models[key] = _Categorical(_chances(self._tables.frequencies[channel, context]), perfect=False)
        return self._models[key]

    def _shortest(self, whole: bytes, codes: Codes, chances: NDArray[np.float32]) -> bytes:
        """Any number in the coder's last interval will do: the one with the fewest digits is written."""
        best = whole
        for size in range(len(whole) - 1, 0, -1):
            begin = whole[:size]
            above = (int.from_bytes(begin, "big") + 1).to_bytes(size + 1, "big")[1:]
            fitting = [b for b in (begin, above) if self._gives(b, codes, chances)]
            if not fitting:
                break
            best = fitting[0]
        return best

    def _gives(self, payload: bytes, codes: Codes, chances: NDArray[np.float32]) -> bool:
        try:
            decoded = _decoder(payload).decode(self._family, chances)
        except AssertionError:
            return False
        return bool(np.array_equal(decoded, codes.reshape(-1)))


def _decoder(payload: bytes) -> constriction.stream.queue.RangeDecoder:
    """A decoder that reads zeros behind the payload's end."""
    words = np.frombuffer(payload + bytes(8 - len(payload) % 4), ">u4").astype(np.uint32)
    return constriction.stream.queue.RangeDecoder(words)


def _chances(frequencies: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Frequencies out of 1 << PRECISION as fractions, which float32 holds exactly."""
    return frequencies.astype(np.float32) / np.float32(1 << PRECISION)
