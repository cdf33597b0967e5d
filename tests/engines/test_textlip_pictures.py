"""Text to lips: the picture decoders, compiled and not, and contact sheets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.textlip import identity, sheets
from engines.textlip.batch import spell
from engines.textlip.brush import Brush
from engines.textlip.carrying import MOUTH, CarryingDecoder
from engines.textlip.config import TextlipConfig
from engines.textlip.model import ParaLip
from engines.textlip.networks import build
from tests.engines.small_lips import FRAMES, PHONES, a_run, small_network


@pytest.fixture(scope="module")
def network() -> ParaLip:
    return small_network()


@pytest.mark.parametrize("parallel", [True, False])
def test_the_compiled_decoder_paints_what_the_decoder_paints(parallel: bool) -> None:
    painter, face_seen, rows, memory = a_decoder()
    with torch.inference_mode():
        wanted, got = painter(rows, memory), Brush(painter, parallel)(rows, memory)
    assert float((wanted - got).abs().max()) < 0.5 / 255
    assert float((wanted - face_seen[:, None]).abs().max()) > 0.1


def test_nothing_is_painted_beside_the_mouth() -> None:
    painter, face_seen, rows, memory = a_decoder()
    with torch.inference_mode():
        painter.flow.weight.zero_()
        changed = ((painter(rows, memory) - face_seen[:, None]).abs().amax((0, 1, 2)) > 1e-3).numpy()
    assert changed[MOUTH].any()
    assert changed.sum() == changed[MOUTH].sum()


def a_decoder() -> tuple[CarryingDecoder, torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """A small picture decoder that moves skin, an identity, seven rows, and what the decoder remembers of it."""
    torch.manual_seed(3)
    painter = build(TextlipConfig.tiny()).eval().painter
    assert isinstance(painter, CarryingDecoder)
    torch.nn.init.normal_(painter.flow.weight, std=0.3)
    levels = [torch.randn(1, width, 80 >> i, 160 >> i) for i, width in enumerate(TextlipConfig.tiny().channels)]
    face_seen, rows = torch.rand(1, 3, 80, 160), torch.randn(1, 7, 16)
    with torch.inference_mode():
        return painter, face_seen, rows, painter.remember(face_seen, levels)


def test_a_decoder_that_carries_moves_the_identitys_own_pixels() -> None:
    painter = build(TextlipConfig.tiny()).painter
    seen, x = torch.rand(1, 3, 80, 160), torch.zeros(2, 8, 10, 20)
    with torch.no_grad():
        assert torch.allclose(painter.carry(seen, x), seen.expand(2, -1, -1, -1), atol=1e-4)
        painter.flow.bias[[0, 2]] = 1.0  # FARTHEST of half the width: 8 pixels to the left
        assert torch.allclose(painter.carry(seen, x)[..., :-9], seen[..., 8:-1].expand(2, -1, -1, -1), atol=1e-3)
        painter.flow.bias[:] = torch.tensor([0.0, 0.0, 0.0, 1.0])  # every second row of the flow: 4 pixels up
        moved = painter.carry(seen, x)
        assert torch.allclose(moved[..., 6, :], seen[..., 10, :].expand(2, -1, -1), atol=0.6)
        assert not torch.allclose(moved, seen.expand(2, -1, -1, -1), atol=0.1)


def test_the_papers_decoder_paints_every_pixel() -> None:
    torch.manual_seed(4)
    made = build(replace(TextlipConfig.tiny(), carried=False)).eval()
    with torch.inference_mode():
        pictures = torch.cat(list(made.paint(spell([PHONES], made.config), 3, torch.full((1, 3, 80, 160), 0.9))))
    assert pictures.shape == (3, 3, 80, 160)
    assert float((pictures - 0.9).abs().min()) > 1e-3


def test_a_contact_sheet_shows_the_film_and_every_network(network: ParaLip, tmp_path: Path) -> None:
    (path,) = sheets.write_sheets(tmp_path, [a_run()], {"paralip": network})
    made = identity.first_picture(path)
    assert made.shape == (2 * 84, 150 + 8 * 164, 3)
    moments = np.linspace(0, FRAMES - 1, 10).astype(int)[1:-1]
    for column, moment in enumerate(moments):
        assert (made[:80, 150 + 164 * column : 310 + 164 * column] == 10 * moment).all()
    assert not (made[84:164, 150:310] == made[:80, 150:310]).all()
