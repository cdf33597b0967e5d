"""Draws two figures of the paper for the methods here: waveforms of rebuilt music (3), time against length (4)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engines.api.jobs import PhaseJob
from engines.api.rooms import result_of
from engines.api.values import Audio, FloatArray
from engines.common.weights import ROOT
from engines.phase.bench import CASES, LENGTHS_S, joined, seconds_for, sounds_of
from engines.phase.config import weights_path
from engines.phase.engine import PhaseEngine
from engines.phase.music import passage

SHOWN = ("griffin-lim-400", "phase-gradient", "compact")
WIDTH, LANE, GAP = 1500, 130, 12
SPANS_S = ((0.0, 5.5), (0.15, 0.7))
"""The passage, and its first note: a rebuilt one that beats or breaks has lost its phase from frame to frame."""
INK, PALE, LINE = "#e4e8ee", "#99a3b3", "#2a2f39"
BACK = "#14161a"
TONES = ("#99a3b3", "#f2b84b", "#58c58a", "#4da3ff", "#ff5a52", "#b78cff", "#6fd3d8", "#d7a58a", "#e4e8ee")


def music_figure(sounds: Mapping[str, Audio]) -> Image.Image:
    """Each sound as a lane: the whole on the left, a moment of it on the right, at one scale."""
    picture = Image.new("RGB", (WIDTH, (LANE + GAP) * len(sounds) + GAP), BACK)
    pen = ImageDraw.Draw(picture)
    half = (WIDTH - 3 * GAP) // 2
    for row, (name, sound) in enumerate(sounds.items()):
        top = GAP + row * (LANE + GAP)
        for column, span in enumerate(SPANS_S):
            left = GAP + column * (half + GAP)
            pen.rectangle((left, top, left + half, top + LANE), fill="#111317", outline=LINE)
            wave(pen, (left, top, half, LANE), cut(sound, span), TONES[0] if row == 0 else TONES[3])
        pen.text((2 * GAP, top + 6), name, fill=INK, font=ImageFont.load_default(16))
    return picture


def cut(sound: Audio, span: tuple[float, float]) -> FloatArray:
    """A stretch of a sound."""
    return sound.samples[round(span[0] * sound.rate_hz) : round(span[1] * sound.rate_hz)]


def wave(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], samples: FloatArray, tone: str) -> None:
    """Samples as ranges of pixel columns, or as a line where they are few."""
    left, top, width, height = box
    middle, reach = top + height / 2, height / 2 - 3
    places = left + 1 + np.arange(len(samples)) / max(len(samples), 1) * (width - 2)
    heights = np.clip(middle - samples * reach, top + 1, top + height - 1)
    if len(samples) <= 2 * width:
        pen.line(list(zip(places.tolist(), heights.tolist(), strict=True)), fill=tone, width=2)
        return
    for part in np.array_split(np.arange(len(samples)), width - 2):
        pen.line((places[part[0]], heights[part].min(), places[part[0]], heights[part].max()), fill=tone)


def time_figure(seconds: Mapping[str, Sequence[float]], lengths: Sequence[float] = LENGTHS_S) -> str:
    """Work against length of sound, a line for each method, as SVG."""
    width, height, rim = 760, 460, 60
    most = max(max(values) for values in seconds.values()) * 1.05
    across, up = (width - 2 * rim - 150) / max(lengths), (height - 2 * rim) / most
    words = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"',
        ' font-size="13">',
        f'<rect width="100%" height="100%" fill="{BACK}"/>',
        text(width / 2 - 130, height - 16, "length of the sound, s", PALE),
        text(rim - 46, rim - 22, "work, s", PALE),
    ]
    for tick in np.linspace(0, most, 6):
        y = height - rim - tick * up
        words.append(f'<path d="M{rim} {y:.1f}H{width - rim - 150}" stroke="{LINE}"/>')
        words.append(text(rim - 46, y + 4, f"{tick:.2g}", PALE))
    words += [text(rim + s * across - 6, height - rim + 20, f"{s:g}", PALE) for s in lengths]
    order = sorted(seconds, key=lambda name: -seconds[name][-1])
    label_y = 0.0
    for name, tone in zip(order, TONES[1:], strict=False):
        spots = [(rim + s * across, height - rim - v * up) for s, v in zip(lengths, seconds[name], strict=True)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        words.append(f'<path d="{path}" fill="none" stroke="{tone}" stroke-width="2"/>')
        words += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{tone}"/>' for x, y in spots]
        label_y = max(spots[-1][1] + 4, label_y + 16)
        words.append(text(spots[-1][0] + 10, label_y, name, tone))
    return "\n".join((*words, "</svg>", ""))


def text(x: float, y: float, words: str, tone: str) -> str:
    """A word of an SVG."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{tone}">{words}</text>'


def rebuilt(cases: Iterable[str], sound: Audio) -> dict[str, Audio]:
    """The sound by each method, loudness and sign as the original's."""
    engine, made = PhaseEngine(), {"original": sound}
    for case in cases:
        audio = result_of(engine.run(PhaseJob(sound, **CASES[case]))).audio
        sign = np.sign(float(audio.samples @ sound.samples)) or 1.0
        made[case] = Audio((audio.samples * np.float32(sign)).astype(np.float32), sound.rate_hz)
    return made


def main() -> None:
    """Write figure-3.webp, and with --time figure-4.svg, into a folder: python -m engines.phase.figures -o DIR."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "work" / "phase")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="recordings for --time")
    parser.add_argument("--time", action="store_true", help="measure time against length too (minutes)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    part = args.out / "figure-3.webp.part"
    music_figure(rebuilt(SHOWN, passage())).save(part, "WEBP", quality=88)
    os.replace(part, args.out / "figure-3.webp")
    if args.time:
        speech, engine = joined(sounds_of(args.data)), PhaseEngine()
        there = {c: w for c, w in CASES.items() if w["method"] != "gan" or weights_path(w["preset"]).is_file()}
        drawn = time_figure({case: seconds_for(engine, speech, what) for case, what in there.items()})
        part = args.out / "figure-4.svg.part"
        part.write_text(drawn, "utf-8")
        os.replace(part, args.out / "figure-4.svg")


if __name__ == "__main__":
    main()
