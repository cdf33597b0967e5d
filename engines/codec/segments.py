"""Knows how segments follow each other in a `.bpgan` file, and finds the next one behind damage.

A block is: payload length (one byte below 240, else two), CRC-16 of the payload exclusive-or the segment's number (two
bytes, big endian), payload. The number is what lets a reader know which segment it has found.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import NamedTuple

SHORT = 240
MOST_PAYLOAD = SHORT + 16 * 256 - 1
_SEARCHED = 1 << 18
"""Bytes behind a damaged place in which the next segment is looked for."""
_LOST = 64
"""Segments that may be missing altogether, as when bytes were lost on the way."""
_SMALLEST = 3
"""Bytes of the smallest block."""


@dataclass(frozen=True)
class Reading:
    """payloads: of the segments from the first, None where damaged, ending before the cut if there is one;
    over: bytes after the last segment."""

    payloads: tuple[bytes | None, ...]
    over: int = 0


class Block(NamedTuple):
    """A payload, the number its check speaks for (modulo 65536), and where the block ends."""

    payload: bytes
    number: int
    end: int


class Behind(NamedTuple):
    """Where damage ends, and the number of the segment that begins there."""

    number: int
    end: int


def block_of(payload: bytes, number: int) -> bytes:
    """The block of a segment."""
    size = len(payload)
    assert size <= MOST_PAYLOAD
    over = size - SHORT
    length = bytes([size]) if over < 0 else bytes([SHORT + over // 256, over % 256])
    return length + (_crc(payload) ^ number & 0xFFFF).to_bytes(2, "big") + payload


def read_blocks(data: bytes, at: int, total: int) -> Reading:
    """Read segments from `at` on, at most `total` of them; damage costs the segments that it lies in."""
    payloads: list[bytes | None] = []
    while len(payloads) < total and at < len(data):
        block = _block_at(data, at)
        if block is not None and _is(block.number, len(payloads)):
            payloads.append(block.payload)
            at = block.end
            continue
        behind = _behind(data, at, block, len(payloads), total)
        if behind is None:
            break
        told = block is not None and block.end == behind.end
        payloads.append(None if told or behind.number == total else _between(data, at, behind.end, len(payloads)))
        payloads += [None] * (behind.number - len(payloads))
        at = behind.end
    return Reading(tuple(payloads), len(data) - at if len(payloads) == total else 0)


def _behind(data: bytes, at: int, block: Block | None, expected: int, total: int) -> Behind | None:
    """Where the next whole segment begins behind a damaged one; None where there is none, as in a cut file."""
    if expected == total - 1:  # nothing follows that would tell a damaged length from a cut
        return Behind(total, len(data))
    if block is not None and (natural := _block_at(data, block.end)) and _is(natural.number, expected + 1):
        return Behind(expected + 1, block.end)
    for place in range(at, min(len(data) - _SMALLEST, at + _SEARCHED) + 1):
        most = min(total - 1, expected + _LOST + (place - at) // _SMALLEST)
        number = _number_at(data, place, expected, most, total)
        if number is not None:
            return Behind(number, place)
    return None


def _number_at(data: bytes, at: int, after: int, most: int, total: int) -> int | None:
    """Which segment after..most begins here: it must be whole, and followed by the next or by the file's end."""
    block = _block_at(data, at)
    if block is None or (ahead := (block.number - after) & 0xFFFF) > most - after or ahead == 0:
        return None
    number = after + ahead
    if number == total - 1:
        return number if block.end == len(data) else None
    following = _block_at(data, block.end)
    return number if following is not None and _is(following.number, number + 1) else None


def _between(data: bytes, at: int, end: int, number: int) -> bytes | None:
    """The payload of a block whose length alone is damaged, told by where the next one begins; None if it is not."""
    for length in (1, 2):
        begin = at + length + 2
        stored = int.from_bytes(data[at + length : begin], "big")
        if begin < end and _is(stored ^ _crc(data[begin:end]), number):
            return data[begin:end]
    return None


def _block_at(data: bytes, at: int) -> Block | None:
    """What stands at a place, taken as a block; None where it would reach beyond the end."""
    head = data[at : at + 4]
    if len(head) < _SMALLEST:
        return None
    size, begin = head[0], at + 3
    if size >= SHORT:
        size, begin = SHORT + (size - SHORT) * 256 + head[1], at + 4
    end = begin + size
    if end > len(data):
        return None
    payload = data[begin:end]
    return Block(payload, int.from_bytes(data[begin - 2 : begin], "big") ^ _crc(payload), end)


def _is(number: int, expected: int) -> bool:
    return (number ^ expected) & 0xFFFF == 0


def _crc(payload: bytes) -> int:
    """CRC-16/IBM-3740: any damage of up to 16 bits in a row is found, other damage in 65535 cases of 65536."""
    return binascii.crc_hqx(payload, 0xFFFF)
