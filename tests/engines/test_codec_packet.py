"""The `.bpgan` file: codes come back exactly, damage costs what it lies in, and the bytes are the same everywhere."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engines.api.events import EngineError
from engines.codec.config import SEGMENT, STEPS
from engines.codec.decoding import codes_of
from engines.codec.entropy import Coder
from engines.codec.fuzz import runs
from engines.codec.interface import load_codec, tiny_codec
from engines.codec.packet import HEADER_SIZE, VERSION, Header, read_packet, write_packet
from engines.codec.segments import MOST_PAYLOAD, SHORT, Reading, block_of, read_blocks
from engines.codec.tables import CONTEXTS, PRECISION, Tables

GOLD = Path(__file__).parents[1] / "gold" / "codec.json"

HEADER = Header(1, b"\x01\x02\x03\x04", 20, 120, 5 * SEGMENT - 3000)

PAYLOADS = tuple(bytes((7 * i + j) % 256 for j in range(30 + 60 * i)) for i in range(5))

WHOLE = write_packet(HEADER, PAYLOADS)


def integers(count: int, most: int, seed: int) -> list[int]:
    """The same numbers 0..most-1 on every machine and in every version of every library."""
    out, state = [], seed
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        out.append((state >> 8) % most)
    return out


@cache
def tables(channels: int = 6) -> Tables:
    """Uneven integer tables."""
    weights = np.array(integers(2 * channels * (2 * channels + 2), 1200, 1), np.int32)
    spread = np.array(integers(channels * CONTEXTS * 16, 1000, 2), np.int64).reshape(-1, 16) ** 2
    rows = spread * ((1 << PRECISION) - 16) // spread.sum(1, keepdims=True) + 1
    rows[:, 0] += (1 << PRECISION) - rows.sum(1)
    weights = weights.reshape(2, channels, 2, channels + 1)[..., :channels] - 300
    seen = np.stack((np.tri(channels), np.tri(channels, k=-1)), 1).astype(np.int32)  # what is coded before
    constants = np.array([22000, 2000], np.int32).repeat(2 * channels).reshape(2, channels, 2)
    return Tables(
        np.concatenate(((weights * seen).reshape(2, channels, -1), constants), -1),
        rows.astype(np.uint16).reshape(channels, CONTEXTS, 16),
    )


def codes(seed: int, steps: int = STEPS, channels: int = 6) -> np.ndarray:
    return np.array(integers(steps * channels, 16, seed), np.uint8).reshape(steps, channels)


@given(some.integers(0, 2**31 - 1), some.integers(1, STEPS), some.integers(1, 6))
def test_codes_come_back(seed: int, steps: int, channels: int) -> None:
    coder, given_codes = Coder(tables()), codes(seed, steps, channels)
    assert np.array_equal(coder.unpack(coder.pack(given_codes), steps, channels), given_codes)


def test_a_payload_is_hardly_longer_than_its_information() -> None:
    bits = 0.0
    size = 0
    for seed in range(20):
        c = codes(seed)
        rows = tables().frequencies[np.arange(6), tables().contexts(c.astype(np.int64))]
        bits -= float(np.log2(np.take_along_axis(rows, c[..., None].astype(int), -1) / (1 << PRECISION)).sum())
        size += 8 * len(Coder(tables()).pack(c))
    assert bits <= size < bits + 20 * 12


def test_the_bytes_are_the_same_on_every_machine() -> None:
    gold = json.loads(GOLD.read_text())
    assert [Coder(tables()).pack(codes(seed)).hex() for seed in range(len(gold["payloads"]))] == gold["payloads"]
    assert hashlib.blake2b(WHOLE).hexdigest() == gold["file"] and WHOLE[:HEADER_SIZE].hex() == gold["header"]


def test_a_file_of_the_shipped_model_gives_the_codes_it_was_made_of() -> None:
    packet, model = read_packet((GOLD.parent / "codec.bpgan").read_bytes()), load_codec("cpu")
    assert packet.header.digest == model.digest[:4], "other weights are shipped: write tests/gold/codec.bpgan again"
    found = list(codes_of(packet, Coder(model.tables), model.channels(packet.header.kbps)))
    assert len(found) == packet.header.segments and not packet.damaged
    told = hashlib.blake2b(b"".join(codes.tobytes() for codes in found), digest_size=16).hexdigest()
    assert told == json.loads(GOLD.read_text())["codes"]


@pytest.mark.parametrize("at", range(HEADER_SIZE))
def test_a_changed_byte_of_the_header_is_put_right(at: int) -> None:
    for change in (1, 0x55, 255):
        read = read_packet(WHOLE[:at] + bytes([WHOLE[at] ^ change]) + WHOLE[at + 1 :])
        assert read.mended and read.header == HEADER and read.reading.payloads == PAYLOADS


def test_what_cannot_be_read_is_named() -> None:
    newer = write_packet(Header(1, b"abcd", 20, 9, 100, version=VERSION + 1), [b"x"])
    for data, word in (
        (b"", "no .bpgan"),
        (b"RIFF" + bytes(60), "no .bpgan"),
        (WHOLE[:9], "cut within"),
        (WHOLE[:5] + b"??" + WHOLE[7:], "more than one place"),
        (newer, f"version {VERSION + 1}"),
        (write_packet(Header(1, b"abcd", 99, 9, 100), [b"x"]), "9.9 kbit/s"),
        (write_packet(Header(1, b"abcd", 20, 9, 0), []), "no sound"),
    ):
        with pytest.raises(EngineError, match=word):
            read_packet(data)


@given(some.integers(HEADER_SIZE, len(WHOLE) - 1), some.integers(1, 255))
def test_a_changed_byte_costs_its_own_segment_at_most(at: int, change: int) -> None:
    read = read_packet(WHOLE[:at] + bytes([WHOLE[at] ^ change]) + WHOLE[at + 1 :])
    lost = [i for i, payload in enumerate(read.reading.payloads) if payload != PAYLOADS[i]]
    begins = np.cumsum([HEADER_SIZE, *(len(block_of(p, i)) for i, p in enumerate(PAYLOADS))])
    assert len(read.reading.payloads) == len(PAYLOADS) and not read.cut and list(read.damaged) == lost
    assert lost in ([], [int(np.searchsorted(begins, at, "right")) - 1])


@given(some.integers(HEADER_SIZE, len(WHOLE) - 1))
def test_a_cut_file_is_read_up_to_the_cut(size: int) -> None:
    read = read_packet(WHOLE[:size])
    ends = np.cumsum([len(block_of(p, i)) for i, p in enumerate(PAYLOADS)]) + HEADER_SIZE
    count = int((ends <= size).sum())
    fading = bool(count == len(PAYLOADS) - 1 and size > ends[-2])  # of the last one nothing tells a cut from damage
    assert read.reading.payloads == PAYLOADS[:count] + (None,) * fading
    assert read.cut != fading and read.samples == (HEADER.samples if fading else count * SEGMENT)


def test_a_hole_and_a_lost_segment_are_seen_for_what_they_are() -> None:
    blocks = [block_of(payload, i) for i, payload in enumerate(PAYLOADS)]
    without = read_blocks(b"".join(blocks[:1] + blocks[2:]), 0, 5)
    assert without.payloads == (PAYLOADS[0], None, *PAYLOADS[2:])
    hole = read_blocks(blocks[0] + bytes(len(blocks[1]) + 20) + b"".join(blocks[3:]), 0, 5)
    assert hole.payloads == (PAYLOADS[0], None, None, *PAYLOADS[3:])
    assert read_blocks(b"".join(blocks) + b"more", 0, 5) == Reading(PAYLOADS, over=4)


@pytest.mark.parametrize("size", [0, 1, SHORT - 1, SHORT, SHORT + 255, SHORT + 256, MOST_PAYLOAD])
def test_payloads_of_every_length(size: int) -> None:
    payload = bytes(size)
    assert read_blocks(block_of(payload, 70000), 0, 1).payloads in ((None,), ())  # another segment's number
    assert read_blocks(block_of(payload, 0) + block_of(b"end", 1), 0, 2).payloads == (payload, b"end")


@given(some.binary(max_size=300), some.booleans())
def test_random_bytes_get_an_answer(data: bytes, headed: bool) -> None:
    try:
        read = read_packet(WHOLE[:HEADER_SIZE] + data if headed else data)
    except EngineError as error:
        assert str(error).endswith(".")
        return
    assert len(read.reading.payloads) <= HEADER.segments


def test_the_fuzz_run_in_small() -> None:
    for row in runs(tiny_codec(), 0, files=60, decoded=3, seed=5):
        assert row["files"] == 60
