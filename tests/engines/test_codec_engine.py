"""Laws of the codec engine: damage stays where it is, pieces are the whole, any sound, orders it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.api.codec import Decoded, DecodeJob, Encoded, EncodeJob, InspectJob, StoredSound
from engines.api.events import EngineError, Partial
from engines.api.rooms import result_of
from engines.api.values import Audio
from engines.codec.config import SEGMENT
from engines.codec.engine import CodecEngine
from engines.codec.entropy import Coder
from engines.codec.interface import tiny_codec
from engines.codec.joins import FADE
from engines.codec.packet import HEADER_SIZE, Header, read_packet, write_packet
from engines.codec.segments import block_of
from tests.engines.test_codec_packet import WHOLE, codes
from tests.engines.test_phase import speechlike


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


def test_a_missing_model_is_named(engine: CodecEngine) -> None:
    data = write_packet(Header(9, b"\xab\xcd\xef\x01", 20, 100, 100), [b"x"])
    with pytest.raises(EngineError, match=r"number 9 \(abcdef01\), here is only tiny"):
        decoded(engine, data)
    info = result_of(engine.run(InspectJob(data)))
    assert not info.known and info.model == "number 9" and info.model_hash == "abcdef01"


def test_a_header_that_lies_about_its_length_takes_no_memory(engine: CodecEngine) -> None:
    model = tiny_codec()
    data = write_packet(Header(0, model.digest[:4], 20, 100, 2**32 - 1), [Coder(model.tables).pack(codes(1, 16, 5))])
    result = decoded(engine, data)
    assert len(result.audio.samples) == SEGMENT and "cut" in result.words


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
