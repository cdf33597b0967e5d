"""Reads thousands of damaged `.bpgan` files: cut at any byte, any byte changed, or made of random bytes.

Run with `python -m engines.codec.fuzz`: one JSON line per kind; it ends with an error at the first file that is read
wrongly. Bad files must either be refused in one sentence or give codes of which the undamaged are the true ones.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engines.api.codec import RATES_KBPS, DecodeJob
from engines.api.events import EngineError
from engines.api.rooms import result_of
from engines.codec.config import SEGMENT
from engines.codec.decoding import codes_of
from engines.codec.engine import CodecEngine
from engines.codec.entropy import Coder, Codes
from engines.codec.interface import CodecModel, load_codec, tiny_codec
from engines.codec.packet import HEADER_SIZE, Header, Packet, read_packet, write_packet
from engines.codec.segments import block_of

_SEGMENTS = 4


@dataclass(frozen=True, eq=False)
class Whole:
    """A file without damage: its header, bytes, payloads and where each segment's block begins, the end included."""

    header: Header
    data: bytes
    payloads: tuple[bytes, ...]
    begins: tuple[int, ...]

    def segment_at(self, byte: int) -> int | None:
        """The segment a byte belongs to; None in the header."""
        inside = [i for i, begin in enumerate(self.begins[:-1]) if begin <= byte]
        return inside[-1] if inside else None


class Fuzz:
    """Files made from a seed. model: whose tables and networks are used."""

    def __init__(self, model: CodecModel, number: int, seed: int) -> None:
        self._model, self._coder = model, Coder(model.tables)
        self._chance = np.random.default_rng(seed)
        self._engine = CodecEngine(lambda device: model)
        self._wholes = [self._whole(number, kbps) for kbps in RATES_KBPS]

    def kinds(self) -> dict[str, Callable[[], tuple[bytes, str]]]:
        """How each kind of bad file is made and read: a function that does one, and says what came of it."""
        return {"cut": self._cut, "changed": self._changed, "random": self._random}

    def decode(self, data: bytes) -> None:
        """Decode a file to its sound, as a user would; the sound must be finite."""
        try:
            decoded = result_of(self._engine.run(DecodeJob(data)))
        except EngineError as error:
            _one_sentence(error)
            return
        assert np.isfinite(decoded.audio.samples).all()

    def _whole(self, number: int, kbps: float) -> Whole:
        channels = self._model.channels(kbps)
        header = Header(number, self._model.digest[:4], round(10 * kbps), 150, _SEGMENTS * SEGMENT - 7000)
        steps = [header.steps(i) for i in range(_SEGMENTS)]
        codes = [self._chance.integers(0, 16, (count, channels)).astype(np.uint8) for count in steps]
        payloads = tuple(self._coder.pack(c) for c in codes)
        sizes = [HEADER_SIZE, *(len(block_of(payload, i)) for i, payload in enumerate(payloads))]
        return Whole(header, write_packet(header, payloads), payloads, tuple(np.cumsum(sizes).tolist()))

    def _any(self) -> Whole:
        return self._wholes[self._chance.integers(len(self._wholes))]

    def _cut(self) -> tuple[bytes, str]:
        whole = self._any()
        size = int(self._chance.integers(len(whole.data)))
        packet, word = self._read(whole.data[:size])
        if packet is not None:
            complete = sum(begin <= size for begin in whole.begins[1:])
            begun = complete == _SEGMENTS - 1 and size > whole.begins[complete]  # the last one fades out
            assert packet.reading.payloads == whole.payloads[:complete] + (None,) * begun, f"cut at {size}"
        return whole.data[:size], word

    def _changed(self) -> tuple[bytes, str]:
        whole = self._any()
        at, change = int(self._chance.integers(len(whole.data))), int(self._chance.integers(1, 256))
        data = whole.data[:at] + bytes([whole.data[at] ^ change]) + whole.data[at + 1 :]
        packet, word = self._read(data)
        assert packet is not None and packet.header == whole.header, f"byte {at} changed"
        assert len(packet.reading.payloads) == _SEGMENTS
        for number, payload in enumerate(packet.reading.payloads):
            lost = payload is None and number == whole.segment_at(at)
            assert lost or payload == whole.payloads[number], f"byte {at} changed by {change}: segment {number}"
        return data, word

    def _random(self) -> tuple[bytes, str]:
        """Random bytes: alone, behind a true header, or as payloads whose checks are right."""
        noise = [self._chance.bytes(int(self._chance.integers(0, 400))) for _ in range(_SEGMENTS)]
        kind, whole = self._chance.integers(3), self._any()
        if kind == 0:
            data = b"".join(noise)
        elif kind == 1:
            data = whole.data[:HEADER_SIZE] + b"".join(noise)
        else:
            data = write_packet(whole.header, noise)
        return data, self._read(data)[1]

    def _read(self, data: bytes) -> tuple[Packet | None, str]:
        """Read a file down to its codes; a word on what it is."""
        try:
            packet = read_packet(data)
        except EngineError as error:
            _one_sentence(error)
            return None, "refused"
        channels = self._model.channels(packet.header.kbps)
        lost = sum(not _valid(codes) for codes in codes_of(packet, self._coder, channels))
        word = "cut" if packet.cut else "damaged" if lost else "mended" if packet.mended else "whole"
        return packet, word


def _valid(codes: Codes | None) -> bool:
    assert codes is None or codes.size == 0 or codes.max() < 16
    return codes is not None


def _one_sentence(error: EngineError) -> None:
    assert str(error).endswith(".") and "\n" not in str(error)


def runs(model: CodecModel, number: int, files: int, decoded: int, seed: int) -> Iterator[dict[str, object]]:
    """Read so many files of each kind, decode so many of them to sound; one row per kind."""
    fuzz = Fuzz(model, number, seed)
    for kind, make in fuzz.kinds().items():
        words: Counter[str] = Counter()
        began, slowest = time.process_time(), 0.0
        for i in range(files):
            start = time.process_time()
            data, word = make()
            words[word] += 1
            if decoded and i % max(1, files // decoded) == 0:
                fuzz.decode(data)
            else:
                slowest = max(slowest, time.process_time() - start)
        seconds = time.process_time() - began
        yield {"kind": kind, "files": files, "seconds": seconds, "slowest_s": slowest, **dict(sorted(words.items()))}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Read damaged .bpgan files.")
    parser.add_argument("--files", type=int, default=10_000, help="of each kind")
    parser.add_argument("--decoded", type=int, default=50, help="of each kind decoded to sound as well")
    parser.add_argument("--tiny", action="store_true", help="use a small model that has learned nothing")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    model, number = (tiny_codec(), 0) if arguments.tiny else (load_codec("cpu"), 1)
    for row in runs(model, number, arguments.files, arguments.decoded, arguments.seed):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
