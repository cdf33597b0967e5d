"""The speech engine: stories become sound sentence by sentence, recordings get their phones, voices are listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Job, LabelJob, SpeakJob, VoicesJob
from engines.api.rooms import Work
from engines.api.values import SILENCE, Speech
from engines.speech.align import label_steps
from engines.speech.config import SpeechConfig
from engines.speech.joining import join, to_speech
from engines.speech.newsreader import read
from engines.speech.sentences import Sentence, split
from engines.speech.symbols import refuse_foreign
from engines.speech.voices import list_voices, open_voice


class SpeechEngine:
    """Runs SpeakJob, VoicesJob and LabelJob."""

    def __init__(self, config: SpeechConfig | None = None) -> None:
        self.config = config or SpeechConfig()

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, SpeakJob):
            return self._speak(job)
        if isinstance(job, LabelJob):
            return label_steps(job.audio, job.text)
        if isinstance(job, VoicesJob):
            return self._list(job)
        raise TypeError(f"the speech engine does not run {type(job).__name__}")

    def _list(self, job: VoicesJob) -> Work:
        yield Progress(0, 1, "Looking for voices")
        return list_voices(self._folder(job.folder))

    def _speak(self, job: SpeakJob) -> Work:
        parts: list[Speech] = []
        for sentence, speech in self.sentences(job):
            parts.append(speech)
            yield Partial(speech)
            yield Progress(sentence.offset + len(sentence.text), len(job.text), "Speaking")
        return join(parts, job.text)

    def _folder(self, named: str) -> Path:
        return Path(named) if named else self.config.voices_folder

    def sentences(self, job: SpeakJob) -> Iterator[tuple[Sentence, Speech]]:
        """Each sentence with its Speech, one at a time; nothing of it is kept."""
        self._check(job)
        voice = open_voice(job.voice, self._folder(job.voices_folder))
        refuse_foreign(job.text, voice.language, voice.title)
        spoken = False
        for sentence in split(job.text):
            reading = read(sentence.text, voice.language, job.pronunciations)
            if not reading.words:
                continue
            sound = voice.say(reading, job.rate_wpm, job.pitch)
            if all(phone.symbol == SILENCE for phone in sound.phones):
                raise EngineError(
                    f"The voice “{voice.title}” cannot say “{sentence.text[:40]}”: choose another voice or rewrite it."
                )
            spoken = True
            yield sentence, to_speech(sound, voice.rate_hz, reading, sentence, self._pause_s(job, sentence))
        if not spoken:
            raise _nothing_to_say(job.text)

    def _check(self, job: SpeakJob) -> None:
        if not job.text.strip():
            raise EngineError("There is nothing to say: type a story first.")
        if not any(character.isalnum() for character in job.text):
            raise _nothing_to_say(job.text)
        slowest, fastest = self.config.slowest_wpm, self.config.fastest_wpm
        if not slowest <= job.rate_wpm <= fastest:
            raise EngineError(f"The rate must lie between {slowest} and {fastest} words a minute.")
        if not 0 <= job.pitch <= 100:
            raise EngineError("The pitch must lie between 0 and 100.")

    def _pause_s(self, job: SpeakJob, sentence: Sentence) -> float:
        config = self.config
        if sentence.offset + len(sentence.text) >= len(job.text.rstrip()):
            return config.last_pause_s
        if not sentence.ends_sentence:
            return config.pause_s(config.chunk_pause_s, job.rate_wpm)
        natural_s = config.paragraph_pause_s if sentence.ends_paragraph else config.sentence_pause_s
        return config.pause_s(natural_s, job.rate_wpm)


def _nothing_to_say(text: str) -> EngineError:
    return EngineError(f"“{text.strip()[:40]}” holds no words to say: write at least one word.")
