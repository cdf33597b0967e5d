"""Sizes of the text-to-lip networks and how they are trained; every config is read back from a weight file's header."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from engines.api.values import SILENCE
from engines.speech.inventory import CORE

Kind = Literal["paralip", "transformer", "duallip"]
KINDS: tuple[Kind, ...] = ("paralip", "transformer", "duallip")
SYMBOLS: tuple[str, ...] = ("", SILENCE, *CORE)
"""Phones in the order of their embeddings; the first fills short rows of a batch."""


@dataclass(frozen=True)
class TextlipConfig:
    """One network.

    hidden, heads, encoder_blocks, decoder_blocks, filters, kernel, dropout: of the feed-forward Transformer blocks;
    channels: of the identity encoder and the paper's picture decoder from full size down to a sixteenth; places: tell
    the motion decoder also where in its phone a picture lies (a departure: the paper repeats the phone only);
    carried: the picture decoder carries the identity's own pixels along with the moving skin and paints only the mouth
    over them (a departure: the paper paints every pixel, and its skip connections stay where they are); strokes: the
    channels of that decoder from a sixteenth up to half size; glance: channels of what an autoregressive rival sees of
    its last picture.
    """

    kind: Kind = "paralip"
    preset: str = "studio"
    hidden: int = 80
    heads: int = 2
    encoder_blocks: int = 4
    decoder_blocks: int = 2
    filters: int = 192
    kernel: int = 5
    dropout: float = 0.1
    channels: tuple[int, int, int, int, int] = (8, 16, 32, 48, 64)
    places: bool = True
    carried: bool = False
    strokes: tuple[int, int, int, int] = (48, 32, 32, 8)
    glance: int = 12
    symbols: tuple[str, ...] = SYMBOLS

    def to_header(self) -> dict[str, Any]:
        """The config as JSON."""
        return asdict(self)

    @staticmethod
    def from_header(about: dict[str, Any]) -> TextlipConfig:
        """The config a header holds. Raises TypeError where it names what this version does not know."""
        return TextlipConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in about.items()})

    @staticmethod
    def tiny(kind: Kind = "paralip") -> TextlipConfig:
        """The same network at its smallest, for tests."""
        small = TextlipConfig(
            kind, "tiny", 16, 2, 1, 1, 16, 3, 0.0, (4, 4, 8, 8, 8), carried=True, strokes=(8, 8, 8, 4), glance=4
        )
        return small


PRESETS = {
    "studio": TextlipConfig(carried=True),
    "paper": TextlipConfig(
        preset="paper", hidden=256, decoder_blocks=4, filters=1024, kernel=9, dropout=0.2,
        channels=(32, 64, 128, 256, 512), places=False, glance=64,
    ),
}  # fmt: skip


def preset(name: str, kind: Kind = "paralip") -> TextlipConfig:
    """A preset's config of one kind of network."""
    return replace(PRESETS[name], kind=kind)


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained.

    The paper: Adam 1e-3 for the network and 1e-4 for the discriminator, batch 4, all weights 1 but the adversarial one,
    5; each weight at 0 switches its loss off. adversarial_from: share of the training done before the discriminator
    joins; pictures_from: share done on motion alone, before pictures are painted; polish_from: share after which motion
    stays as it is and only the painter learns, several times as fast (1: never, as in the paper); mouth: weight of the
    mouth's points, a loss of ours; shown: pictures of each run that are painted in one step (all of them in the paper).
    """

    rate: float = 1e-3
    judge_rate: float = 1e-4
    batch: int = 4
    shown: int = 6
    reconstruction: float = 1.0
    duration: float = 1.0
    similarity: float = 1.0
    adversarial: float = 5.0
    mouth: float = 1.0
    adversarial_from: float = 0.5
    pictures_from: float = 0.1
    polish_from: float = 1.0
    steps: int = 200_000
    seed: int = 0


STUDIO = TrainConfig(rate=1.5e-3, adversarial=0.04, adversarial_from=0.65, polish_from=0.4)
"""How the studio preset is trained: in minutes instead of days a weight of 5 on the discriminator makes noise."""
