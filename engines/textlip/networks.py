"""Knows which class each kind of text-to-lip network is."""

from __future__ import annotations

from engines.textlip.config import TextlipConfig
from engines.textlip.duallip import DualLip
from engines.textlip.model import LipNetwork, ParaLip
from engines.textlip.transformer import TransformerT2L

CLASSES: dict[str, type[LipNetwork]] = {"paralip": ParaLip, "transformer": TransformerT2L, "duallip": DualLip}


def build(config: TextlipConfig) -> LipNetwork:
    """A network with fresh weights."""
    return CLASSES[config.kind](config)
