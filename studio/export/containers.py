"""The movie files a clip can be written to, chosen by the ending of its name, with and without transparency."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Container:
    """One kind of movie file. pixels: the encoder's pictures of opaque clips; pixels_alpha: of clips with coverage."""

    name: str
    title: str
    video: str
    audio: str
    pixels: str
    pixels_alpha: str = ""
    options: dict[str, object] = field(default_factory=dict)
    decoder: str = ""
    """What reads coverage back, where the decoder of first choice drops it."""
    sample: str = "fltp"
    """How the sound encoder takes samples."""


_MP4 = Container(
    "mp4", "MP4, H.264", "libx264", "aac", "yuv420p", options={"preset": "veryfast", "crf": "18", "threads": "2"}
)
CONTAINERS: dict[str, Container] = {
    ".mp4": _MP4,
    ".m4v": _MP4,
    ".mov": Container(
        "mov",
        "QuickTime, ProRes 4444",
        "prores_ks",
        "pcm_s24le",
        "yuv444p10le",
        "yuva444p10le",
        {"profile": "4444", "vendor": "apl0", "alpha_bits": "16", "threads": "2"},
        sample="s32",
    ),
    ".webm": Container(
        "webm",
        "WebM, VP9",
        "libvpx-vp9",
        "libopus",
        "yuv420p",
        "yuva420p",
        {"deadline": "realtime", "cpu-used": "7", "crf": "24", "b": "0", "row-mt": "1", "threads": "2"},
        "libvpx-vp9",
        "flt",
    ),
}
"""By the ending of the file's name. x264's preset was measured on 2 cores at 1920x1080: veryfast 15 ms a frame, a third
of the size of superfast; crf 18 looks like the source. auto-alt-ref is off with coverage: libvpx allows it only so."""


def endings(alpha: bool) -> tuple[str, ...]:
    """Endings of names that can hold a clip, with coverage or without."""
    return tuple(ending for ending, kind in CONTAINERS.items() if kind.pixels_alpha or not alpha)
