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

from engines.api.codec import Decoded, DecodeJob, Encoded, EncodeJob, InspectJob, StoredSound
from engines.api.events import EngineError, Partial
from engines.api.rooms import result_of
from engines.api.values import Audio
from engines.codec.config import SEGMENT, STEPS
from engines.codec.decoding import codes_of
from engines.codec.engine import CodecEngine
from engines.codec.entropy import Coder
from engines.codec.fuzz import runs
from engines.codec.interface import load_codec, tiny_codec
from engines.codec.joins import FADE
from engines.codec.packet import HEADER_SIZE, VERSION, Header, read_packet, write_packet
from engines.codec.segments import MOST_PAYLOAD, SHORT, Reading, block_of, read_blocks
from engines.codec.tables import CONTEXTS, PRECISION, Tables
from tests.engines.test_phase import speechlike

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


@pytest.fixture(scope="module")
def engine() -> CodecEngine:
    """An engine with a model that has learned nothing."""
    return CodecEngine(lambda device: tiny_codec())


@pytest.fixture(scope="module")
def packet(engine: CodecEngine) -> bytes:
    """Three and a half seconds of sound."""
    encoded: Encoded = result_of(engine.run(EncodeJob(Audio(speechlike(3.5), 16000), 2.0, 1)))
    return encoded.packet


def decoded(engine: CodecEngine, data: bytes) -> Decoded:
    result: Decoded = result_of(engine.run(DecodeJob(data)))
    return result


# --- codes to bytes ---


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


# --- the header ---


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


def test_a_missing_model_is_named(engine: CodecEngine) -> None:
    data = write_packet(Header(9, b"\xab\xcd\xef\x01", 20, 100, 100), [b"x"])
    with pytest.raises(EngineError, match=r"number 9 \(abcdef01\), here is only tiny"):
        decoded(engine, data)
    info = result_of(engine.run(InspectJob(data)))
    assert not info.known and info.model == "number 9" and info.model_hash == "abcdef01"


# --- damage ---


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


def test_a_header_that_lies_about_its_length_takes_no_memory(engine: CodecEngine) -> None:
    model = tiny_codec()
    data = write_packet(Header(0, model.digest[:4], 20, 100, 2**32 - 1), [Coder(model.tables).pack(codes(1, 16, 5))])
    result = decoded(engine, data)
    assert len(result.audio.samples) == SEGMENT and "cut" in result.words


def test_the_fuzz_run_in_small() -> None:
    for row in runs(tiny_codec(), 0, files=60, decoded=3, seed=5):
        assert row["files"] == 60


# --- sound ---


def test_damage_is_heard_in_its_own_segment_only(engine: CodecEngine, packet: bytes) -> None:
    true = decoded(engine, packet)
    assert np.array_equal(true.audio.samples, decoded(engine, packet).audio.samples) and not true.words
    at = HEADER_SIZE + len(block_of(read_packet(packet).reading.payloads[0], 0)) + 9
    hurt = decoded(engine, packet[:at] + bytes([packet[at] ^ 4]) + packet[at + 1 :])
    assert hurt.concealed == (1,) and "1 damaged segment is concealed, at 1.0 s." in hurt.words
    differ = np.flatnonzero(hurt.audio.samples != true.audio.samples)
    assert len(differ) > SEGMENT // 2
    assert differ[0] >= SEGMENT - FADE // 2 and differ[-1] < 2 * SEGMENT + FADE // 2


def test_a_cut_file_plays_what_is_there(engine: CodecEngine, packet: bytes) -> None:
    true, faded = decoded(engine, packet), decoded(engine, packet[:-1])
    assert len(faded.audio.samples) == len(true.audio.samples) and faded.concealed == (3,)
    whole = HEADER_SIZE + sum(len(block_of(p, i)) for i, p in enumerate(read_packet(packet).reading.payloads[:3]))
    cut = decoded(engine, packet[:whole])
    assert len(cut.audio.samples) == 3 * SEGMENT and "3.1 of 3.5 s" in cut.words
    certain = 3 * SEGMENT - FADE // 2
    assert np.array_equal(cut.audio.samples[:certain], true.audio.samples[:certain])
    with pytest.raises(EngineError, match="No segment"):
        decoded(engine, packet[: HEADER_SIZE + 5])


def test_pieces_are_the_whole(engine: CodecEngine, packet: bytes) -> None:
    events = list(engine.run(DecodeJob(packet, keep=False)))
    pieces = [event.value.samples for event in events if isinstance(event, Partial)]
    assert len(pieces) == 4 and np.array_equal(np.concatenate(pieces), decoded(engine, packet).audio.samples)


def test_a_search_stopped_at_any_time_leaves_a_whole_file(engine: CodecEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.codec.encoding.PARTIAL_S", -1.0)
    monkeypatch.setattr("engines.codec.encoding._PARTIAL_SHARE", 0)
    sound = Audio(speechlike(2.5), 16000)
    found = [e.value for e in engine.run(EncodeJob(sound, 1.0, 4, batch=2)) if isinstance(e, Partial)]
    assert len(found) > 4 and all(len(decoded(engine, best.packet).audio.samples) == 40000 for best in found)
    losses = [best.loss for best in found]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0]


def test_sound_on_disk_gives_the_same_file(engine: CodecEngine, packet: bytes, tmp_path: Path) -> None:
    sound = speechlike(3.5).astype(np.float32)
    sound.tofile(tmp_path / "sound")
    stored = StoredSound(str(tmp_path / "sound"), len(sound))
    assert result_of(engine.run(EncodeJob(stored, 2.0, 1))).packet == packet
    (tmp_path / "sound").unlink()
    with pytest.raises(EngineError, match="begin again"):
        result_of(engine.run(EncodeJob(stored, 2.0, 1)))


@pytest.mark.parametrize("kind", ["silence", "noise", "short", "half silent", "loud", "44100", "one sample"])
def test_any_sound(kind: str, engine: CodecEngine) -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, 40000).astype(np.float32)
    rate_hz, samples = (
        (44100 if kind == "44100" else 16000),
        {
            "silence": np.zeros(40000, np.float32),
            "short": noise[:160],
            "one sample": noise[:1],
            "half silent": np.concatenate((noise, np.zeros(50000, np.float32))),
            "loud": noise * 1e4,
        }.get(kind, noise),
    )
    encoded: Encoded = result_of(engine.run(EncodeJob(Audio(samples, rate_hz), 0.5, 0)))
    made = decoded(engine, encoded.packet).audio.samples
    assert abs(len(made) - len(samples) * 16000 / rate_hz) <= 1
    assert np.isfinite(made).all() and np.abs(made).max() <= 1
    if kind == "silence":
        assert len(encoded.packet) == HEADER_SIZE and not made.any()
    if kind == "half silent":
        assert not made[4 * SEGMENT + FADE // 2 :].any() and made[:SEGMENT].any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e9])
@pytest.mark.parametrize("rate_hz", [16000, 48000])
def test_broken_sound_is_refused(bad: float, rate_hz: int, engine: CodecEngine) -> None:
    samples = np.zeros(5000, np.float32)
    samples[77] = bad
    with pytest.raises(EngineError, match="broken samples"):
        result_of(engine.run(EncodeJob(Audio(samples, rate_hz))))


def test_orders_that_cannot_be_met(engine: CodecEngine) -> None:
    sound = Audio(speechlike(0.2), 16000)
    for job, word in (
        (EncodeJob(Audio(np.zeros(0, np.float32), 16000)), "no sound"),
        (EncodeJob(sound, 3.0), "0.5, 1, 2, 4"),
        (EncodeJob(sound, iterations=-1), "iterations"),
        (EncodeJob(sound, batch=0), "at once"),
        (DecodeJob(WHOLE, "tape"), "vocoder"),
    ):
        with pytest.raises(EngineError, match=word):
            result_of(engine.run(job))
