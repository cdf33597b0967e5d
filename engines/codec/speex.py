"""Knows the system's libspeex, where there is one: narrow-band sound to a stream of frames and back.

Source of the calls: speex/speex.h and speex/speex_bits.h of libspeex 1.2, its documented interface.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FRAME = 160
_PACKET_FRAMES = 50
_SET_ENHANCEMENT, _SET_QUALITY, _SET_COMPLEXITY = 0, 4, 16
_COMPLEXITY = 8
_NARROW_BAND = 0
_BITS_SIZE = 256
"""Room for a SpeexBits, which takes 48 bytes."""


def speex_absence() -> str:
    """Why Speex cannot be run here; empty where it can."""
    return "" if _library() is not None else "libspeex is not installed on this system"


def encode_speex(samples: NDArray[np.int16], quality: int) -> bytes:
    """8 kHz sound (n,) -> packets of a second, each behind its length in two bytes; quality 0 to 10."""
    speex = _opened()
    frames = np.pad(samples, (0, -len(samples) % _FRAME)).reshape(-1, _FRAME)
    with _bits(speex) as bits, _state(speex, "encoder") as state:
        for setting, value in ((_SET_QUALITY, quality), (_SET_COMPLEXITY, _COMPLEXITY)):
            speex.speex_encoder_ctl(state, setting, ctypes.byref(ctypes.c_int(value)))
        packets = [
            _packet(speex, bits, state, frames[at : at + _PACKET_FRAMES])
            for at in range(0, len(frames), _PACKET_FRAMES)
        ]
    return b"".join(len(packet).to_bytes(2, "big") + packet for packet in packets)


def decode_speex(data: bytes) -> NDArray[np.int16]:
    """What encode_speex made -> 8 kHz sound (n,)."""
    speex, frames, at = _opened(), [np.zeros(0, np.int16)], 0
    with _bits(speex) as bits, _state(speex, "decoder") as state:
        speex.speex_decoder_ctl(state, _SET_ENHANCEMENT, ctypes.byref(ctypes.c_int(1)))
        while at < len(data):
            packet = data[at + 2 : at + 2 + int.from_bytes(data[at : at + 2], "big")]
            at += 2 + len(packet)
            frames += _frames(speex, bits, state, packet)
    return np.concatenate(frames)


def _packet(speex: Any, bits: Any, state: Any, frames: NDArray[np.int16]) -> bytes:
    speex.speex_bits_reset(bits)
    for frame in frames:
        sound = frame.copy()  # the encoder writes into it
        speex.speex_encode_int(state, sound.ctypes.data_as(ctypes.c_void_p), bits)
    speex.speex_bits_insert_terminator(bits)
    data = ctypes.create_string_buffer(speex.speex_bits_nbytes(bits))
    size = speex.speex_bits_write(bits, data, len(data))
    return data.raw[:size]


def _frames(speex: Any, bits: Any, state: Any, packet: bytes) -> Iterator[NDArray[np.int16]]:
    speex.speex_bits_read_from(bits, packet, len(packet))
    while speex.speex_bits_remaining(bits) > 0:
        frame = np.zeros(_FRAME, np.int16)
        if speex.speex_decode_int(state, bits, frame.ctypes.data_as(ctypes.c_void_p)):
            return
        yield frame


@contextmanager
def _bits(speex: Any) -> Iterator[Any]:
    bits = ctypes.create_string_buffer(_BITS_SIZE)
    speex.speex_bits_init(bits)
    try:
        yield bits
    finally:
        speex.speex_bits_destroy(bits)


@contextmanager
def _state(speex: Any, kind: str) -> Iterator[Any]:
    state = ctypes.c_void_p(
        getattr(speex, f"speex_{kind}_init")(ctypes.c_void_p(speex.speex_lib_get_mode(_NARROW_BAND)))
    )
    try:
        yield state
    finally:
        getattr(speex, f"speex_{kind}_destroy")(state)


def _opened() -> Any:
    library = _library()
    assert library is not None, "ask speex_absence first"
    return library


@cache
def _library() -> Any:
    """The library with its pointers declared; None where the system has none."""
    name = find_library("speex")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    for function in ("speex_lib_get_mode", "speex_encoder_init", "speex_decoder_init"):
        getattr(library, function).restype = ctypes.c_void_p
    return library
