"""Finds the rate at which a voice speaks as fast as the network's durations say, so that sound and lips agree."""

from __future__ import annotations

from dataclasses import replace

from engines.api.jobs import SpeakJob
from engines.api.rooms import result_of
from engines.api.values import SILENCE, Phone
from engines.speech.engine import SpeechEngine
from engines.speech.sentences import split
from engines.textlip import reading
from engines.textlip.model import ParaLip

OPENING = 400
"""Characters of the story whose pace is measured: enough to know a voice by, and spoken at once."""
ROUNDS = 2
NEAR = 0.015


def fitted(job: SpeakJob, network: ParaLip, speech: SpeechEngine) -> SpeakJob:
    """The same job at the rate that makes its opening last as long as predicted for the rate asked for."""
    opening = replace(job, text=opening_of(job.text))
    wanted_s = heard_s(predicted(opening, network))
    rate = job.rate_wpm
    for _ in range(ROUNDS):
        spoken_s = heard_s(result_of(speech.run(replace(opening, rate_wpm=rate))).phones)
        if wanted_s <= 0 or spoken_s <= 0 or abs(spoken_s / wanted_s - 1) < NEAR:
            break
        rate = min(max(round(rate * spoken_s / wanted_s), reading.SLOWEST_WPM), reading.FASTEST_WPM)
    return replace(job, rate_wpm=rate)


def opening_of(text: str) -> str:
    """The first sentences of a text."""
    end = 0
    for sentence in split(text):
        end = sentence.offset + len(sentence.text)
        if end >= OPENING:
            break
    return text[:end]


def predicted(job: SpeakJob, network: ParaLip) -> tuple[Phone, ...]:
    """Every phone of a text with the times the network gives it."""
    language, at_s = language_of(job.voice), reading.LEAD_S
    phones: list[Phone] = []
    for said in reading.say(job.text, language, job.pronunciations):
        timed = reading.time(said, network, job.rate_wpm, at_s)
        at_s = timed[-1].end_s
        phones += timed
    return tuple(phones)


def heard_s(phones: tuple[Phone, ...]) -> float:
    """Seconds from the first heard phone to the end of the last."""
    heard = [phone for phone in phones if phone.symbol != SILENCE]
    return heard[-1].end_s - heard[0].start_s if heard else 0.0


def language_of(voice: str) -> str:
    """The language whose rules read a text for this voice: an espeak tag as it is, British English for other voices."""
    tag = voice.partition("+")[0]
    return tag if tag.startswith("en") else "en-gb"
