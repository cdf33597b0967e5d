"""The booth as a state: it attracts visitors while nobody speaks, listens while somebody does, and opens to a PIN."""

from __future__ import annotations

import hashlib
import hmac
import os
from enum import Enum

from studio.listeners import Listeners
from studio.session.clock import Clock, WallClock

SHORTEST, LONGEST = 4, 8
"""Digits of a PIN."""
FREE_TRIES = 3
PENALTY_S = 10.0
"""After the free tries each wrong PIN bars the pad for so much longer."""
ROUNDS = 200_000


class BoothState(Enum):
    """What the booth does."""

    ATTRACT = "attracting"
    LISTENING = "listening"
    LOST = "without a microphone"


class Booth:
    """hear is told whether somebody speaks, tick lets time pass; a visitor who has gone is wiped once."""

    def __init__(self, idle_s: float, clock: Clock | None = None) -> None:
        self.idle_s = idle_s
        self.state = BoothState.ATTRACT
        self.visitors = 0
        self.wipe: Listeners[[]] = Listeners()
        """Called when a visitor has gone: nothing heard of them may stay."""
        self.changed: Listeners[[BoothState]] = Listeners()
        self._clock = clock or WallClock()
        self._clock.start(0.0)
        self._spoken_s = 0.0

    def hear(self, speaking: bool, *, hearing: bool = True) -> None:
        """The gate is open or shut just now; hearing: whether there is a microphone."""
        if not hearing:
            self._leave(BoothState.LOST)
        elif speaking:
            self._spoken_s = self._clock.now_s()
            if self.state is not BoothState.LISTENING:
                self.visitors += 1
                self._enter(BoothState.LISTENING)
        elif self.state is BoothState.LOST:
            self._enter(BoothState.ATTRACT)
        elif self.state is BoothState.LISTENING and self._clock.now_s() - self._spoken_s >= self.idle_s:
            self._leave(BoothState.ATTRACT)

    def _leave(self, state: BoothState) -> None:
        if self.state is BoothState.LISTENING:
            self.wipe.emit()
        if self.state is not state:
            self._enter(state)

    def _enter(self, state: BoothState) -> None:
        self.state = state
        self.changed.emit(state)


class PinLock:
    """Lets pass whoever knows the PIN; wrong ones are counted and soon cost time. kept: what hash_pin made."""

    def __init__(self, kept: str, clock: Clock | None = None) -> None:
        self.kept, self.wrong = kept, 0
        self._clock = clock or WallClock()
        self._clock.start(0.0)
        self._barred_until_s = 0.0

    @property
    def barred_s(self) -> float:
        """Seconds until another PIN may be tried."""
        return max(self._barred_until_s - self._clock.now_s(), 0.0)

    def opens(self, pin: str) -> bool:
        """Whether this is the PIN; while the pad is barred none is."""
        if self.barred_s > 0:
            return False
        if matches(pin, self.kept):
            self.wrong = 0
            return True
        self.wrong += 1
        if self.wrong >= FREE_TRIES:
            self._barred_until_s = self._clock.now_s() + PENALTY_S * (self.wrong - FREE_TRIES + 1)
        return False


def hash_pin(pin: str, salt: bytes | None = None) -> str:
    """What is kept of a PIN: salt and PBKDF2-HMAC-SHA256 (RFC 8018), in hex."""
    salt = os.urandom(16) if salt is None else salt
    return f"{salt.hex()}:{hashlib.pbkdf2_hmac('sha256', pin.encode(), salt, ROUNDS).hex()}"


def matches(pin: str, kept: str) -> bool:
    """Whether a PIN is the one that was kept."""
    salt, _, _ = kept.partition(":")
    try:
        return hmac.compare_digest(hash_pin(pin, bytes.fromhex(salt)), kept)
    except ValueError:  # the settings file was edited by hand: nobody is locked in for that
        return True


def is_pin(text: str) -> bool:
    """Whether this may be a PIN."""
    return text.isascii() and text.isdigit() and SHORTEST <= len(text) <= LONGEST
