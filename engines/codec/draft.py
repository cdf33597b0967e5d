"""A packet in the making: the best codes so far of every segment, and the bytes they come to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.codec.entropy import Coder, Codes
from engines.codec.packet import Header, read_packet, write_packet


class Draft:
    """Segments whose codes were never put are silence."""

    def __init__(self, header: Header, coder: Coder, channels: int) -> None:
        self._header, self._coder, self._channels = header, coder, channels
        self._codes: dict[int, Codes] = {}
        self._payloads = [b""] * header.segments
        self._stale: set[int] = set()
        self._losses: dict[int, float] = {}

    def put(self, number: int, codes: Codes, loss: float) -> None:
        """Take codes (s, c) for a segment; of them only the steps its sound needs are kept."""
        codes = codes[: self._header.steps(number)]
        self._losses[number] = loss
        if number not in self._codes or not np.array_equal(codes, self._codes[number]):
            self._codes[number] = codes
            self._stale.add(number)

    @property
    def loss(self) -> float:
        """Mean loss of the segments that are not silent; 0 where all are."""
        return float(np.mean(list(self._losses.values()))) if self._losses else 0.0

    def packet(self) -> bytes:
        """The bytes of the file as it stands."""
        for number in self._stale:
            self._payloads[number] = self._coder.pack(self._codes[number])
        self._stale.clear()
        return write_packet(self._header, self._payloads)

    def checked(self, data: bytes) -> Iterator[int]:
        """Read the packet again and compare; yields each segment's number once it is found to be the same."""
        packet = read_packet(data)
        payloads = packet.reading.payloads
        assert packet.header == self._header and len(payloads) == self._header.segments and not packet.reading.over
        for number, payload in enumerate(payloads):
            assert payload == self._payloads[number]
            if payload:
                steps = self._header.steps(number)
                assert np.array_equal(self._coder.unpack(payload, steps, self._channels), self._codes[number])
            yield number
