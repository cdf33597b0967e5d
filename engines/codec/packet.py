"""Knows the bytes of a `.bpgan` file: a header that mends itself, then one block per segment; integers only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from engines.api.codec import RATES_KBPS
from engines.api.events import EngineError
from engines.codec.config import RATE_HZ, SEGMENT, STEPS
from engines.codec.segments import Reading, block_of, read_blocks

MAGIC = b"BPGN"
VERSION = 1
MODELS = {0: "tiny", 1: "bpgan-16k"}
"""Models by the number a file names them with; numbers are never used again for another model."""
_FIELDS = struct.Struct(">4sBB4sBBI")
_CHECKED = struct.Struct(">I")
HEADER_SIZE = _FIELDS.size + _CHECKED.size
MOST_SAMPLES = 0xFFFFFFFF
"""At 16 kHz; 74 hours."""


@dataclass(frozen=True)
class Header:
    """What stands before the segments.

    model: its number in MODELS; digest: first 4 bytes of the weights' hash; tenths: nominal rate in tenths of kbit/s;
    level: loudness step of the sound, 0 for silence; samples: at 16 kHz.
    """

    model: int
    digest: bytes
    tenths: int
    level: int
    samples: int
    version: int = VERSION

    @property
    def segments(self) -> int:
        """Segments of the whole sound; silence has none."""
        return -(-self.samples // SEGMENT) if self.level else 0

    def steps(self, number: int) -> int:
        """Time steps of codes written for a segment: the last has only those its samples need, and one more."""
        left = self.samples - number * SEGMENT
        return min(STEPS, -(-left // (SEGMENT // STEPS)) + 1)

    @property
    def kbps(self) -> float:
        """Nominal rate in kbit/s."""
        return self.tenths / 10

    @property
    def seconds(self) -> float:
        """Length of the whole sound."""
        return self.samples / RATE_HZ

    @property
    def model_name(self) -> str:
        """The model's name, or its number where this version has no name for it."""
        return MODELS.get(self.model, f"number {self.model}")


@dataclass(frozen=True)
class Packet:
    """A file's content. mended: whether a damaged byte of the header was put right."""

    header: Header
    reading: Reading
    mended: bool = False

    @property
    def samples(self) -> int:
        """Samples up to the end of the sound, or to where the file is cut."""
        return len(self.reading.payloads) * SEGMENT if self.cut else self.header.samples

    @property
    def cut(self) -> bool:
        """Whether segments are missing at the end."""
        return len(self.reading.payloads) < self.header.segments

    @property
    def damaged(self) -> tuple[int, ...]:
        """Numbers of segments that cannot be used, those behind a cut not among them."""
        return tuple(i for i, payload in enumerate(self.reading.payloads) if payload is None)


def write_packet(header: Header, payloads: Iterable[bytes]) -> bytes:
    """The bytes of a whole file; an empty payload is a segment of silence."""
    fields = (MAGIC, header.version, header.model, header.digest, header.tenths, header.level, header.samples)
    head = _FIELDS.pack(*fields)
    blocks = b"".join(block_of(payload, number) for number, payload in enumerate(payloads))
    return head + _CHECKED.pack(zlib.crc32(head)) + blocks


def read_packet(data: bytes) -> Packet:
    """Read a file as far as it is whole. Fails with EngineError where its header cannot be used."""
    header, mended = read_header(data)
    return Packet(header, read_blocks(data, HEADER_SIZE, header.segments), mended)


def read_header(data: bytes) -> tuple[Header, bool]:
    """The header, and whether one changed byte of it was put right.

    Fails with EngineError for foreign, newer, cut and badly damaged files.
    """
    head = data[:HEADER_SIZE]
    mended = _mended(head) if len(head) == HEADER_SIZE else None
    if mended is None or mended[:4] != MAGIC:
        raise EngineError(_refusal(head))
    _, version, model, digest, tenths, level, samples = _FIELDS.unpack(mended[: _FIELDS.size])
    if version != VERSION:
        raise EngineError(_newer(version))
    if samples == 0:
        raise EngineError("This .bpgan file holds no sound: encode the recording again.")
    if tenths not in {round(10 * kbps) for kbps in RATES_KBPS}:
        raise EngineError(f"This .bpgan file has a rate of {tenths / 10} kbit/s, unknown here: update the program.")
    return Header(model, digest, tenths, level, samples, version), mended != head


def _mended(head: bytes) -> bytes | None:
    """The header with at most one byte changed so that its CRC-32 agrees; None where that cannot be done."""
    syndrome = zlib.crc32(head[: _FIELDS.size]) ^ _CHECKED.unpack(head[_FIELDS.size :])[0]
    if syndrome == 0:
        return head
    if syndrome not in _syndromes():
        return None
    at, change = _syndromes()[syndrome]
    return head[:at] + bytes([head[at] ^ change]) + head[at + 1 :]


@cache
def _syndromes() -> dict[int, tuple[int, int]]:
    """What each change of one byte does to the check: CRC is affine, so this does not depend on the other bytes."""
    empty = bytes(_FIELDS.size)
    found = {}
    for at in range(HEADER_SIZE):
        for change in range(1, 256):
            changed = bytearray(HEADER_SIZE)
            changed[at] = change
            stored = _CHECKED.unpack(changed[_FIELDS.size :])[0]
            found[zlib.crc32(changed[: _FIELDS.size]) ^ zlib.crc32(empty) ^ stored] = (at, change)
    return found


def _refusal(head: bytes) -> str:
    if head[:4] != MAGIC[: len(head)] or not head:
        return "This is no .bpgan file: choose one that 'codec encode' made."
    if len(head) < HEADER_SIZE:
        return f"This .bpgan file is cut within its first {HEADER_SIZE} bytes: copy it again."
    if head[4] != VERSION:
        return _newer(head[4])
    return "The header of this .bpgan file is damaged in more than one place: copy it again."


def _newer(version: int) -> str:
    return f"This .bpgan file has format version {version}, this program reads {VERSION}: update the program."
