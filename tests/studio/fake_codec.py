"""A speech codec that answers at once: packets of the right size that decode to a hum and know their damage."""

from __future__ import annotations

import struct
import threading

import numpy as np

from engines.api.codec import Decoded, DecodeJob, Encoded, EncodeJob, InspectJob, PacketInfo
from engines.api.events import EngineError, Partial, Progress
from engines.api.rooms import Work
from engines.api.values import Audio

RATE_HZ = 16_000
SEGMENT = 16_384
HEAD = struct.Struct(">4sfI")


def encode(job: EncodeJob, gate: threading.Event) -> Work:
    """Better with every step; waits at the gate after the first one found something."""
    steps = 3
    for step in range(steps):
        found = encoded(job, step * job.iterations // steps)
        yield Progress(step, steps, "Searching")
        yield Partial(found)
        gate.wait()
    return encoded(job, job.iterations)


def encoded(job: EncodeJob, iterations: int) -> Encoded:
    """A packet of zeros."""
    samples = round(job.audio.seconds * RATE_HZ)
    head = HEAD.pack(b"FAKE", job.kbps, samples)
    packet = head + bytes(round(job.kbps * 125 * job.audio.seconds) - len(head))
    loss = 1 / (1 + iterations)
    return Encoded(packet, len(packet) * 8 / job.audio.seconds / 1000, job.audio.seconds, iterations, loss, 1.5)


def inspect(job: InspectJob) -> PacketInfo:
    """What the head says; anything but zero behind it is damage."""
    if job.packet[:4] != b"FAKE":
        raise EngineError("This is no BPGAN file: choose another.")
    _, kbps, samples = HEAD.unpack_from(job.packet)
    seconds, segments = samples / RATE_HZ, -(-samples // SEGMENT)
    real = len(job.packet) * 8 / seconds / 1000
    damaged = damage(job.packet, segments)
    return PacketInfo(1, "bpgan-16k", "00", True, kbps, real, seconds, samples, segments, damaged)


def damage(packet: bytes, segments: int) -> tuple[int, ...]:
    """Segments that hold a byte which is not zero."""
    body = packet[HEAD.size :]
    return tuple(sorted({i * segments // len(body) for i, byte in enumerate(body) if byte}))


def decode(job: DecodeJob) -> Work:
    """A hum, higher by the paper's path, silent where damaged."""
    info = inspect(InspectJob(job.packet))
    pitch_hz = 220 if job.vocoder == "network" else 440
    samples = (0.2 * np.sin(np.arange(info.samples) * 2 * np.pi * pitch_hz / RATE_HZ)).astype(np.float32)
    for segment in range(info.segments):
        piece = samples[segment * SEGMENT : (segment + 1) * SEGMENT]
        if segment in info.damaged:
            piece[:] = 0.0
        yield Partial(Audio(piece, RATE_HZ))
    words = f"{len(info.damaged)} of {info.segments} segments were damaged and concealed." if info.damaged else ""
    return Decoded(Audio(samples, RATE_HZ), info.damaged, words, 0.1)
