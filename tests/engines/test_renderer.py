"""Laws of the renderer: the sizes it paints, its training, its windows and caches, the measures of its pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engines.presenter.config import PRESETS, RendererConfig, TrainConfig
from engines.presenter.data import Cutter
from engines.presenter.export import picture_graph
from engines.presenter.face_frame import BOX, FaceFrame
from engines.presenter.facial_map import CHANNELS, draw_lines
from engines.presenter.fitting import Fitter
from engines.presenter.jaw import fit_jaw
from engines.presenter.model import Critics, build_generator
from engines.presenter.quality import closures, psnr_db, sharpness, ssim
from tests.engines.drawn_face import (
    face_points,
    moved,
    noisy_picture,
)


@pytest.mark.parametrize("preset", ["studio", "paper"])
def test_generators_paint_the_size_they_are_given(preset: str) -> None:
    config = (
        RendererConfig.tiny() if preset == "studio" else replace(PRESETS["paper"], width=4, blocks=1, critic_width=4)
    )
    maps = torch.rand(1, config.channels, 64, 64)
    painted = build_generator(config)(maps, (0, 64))
    assert painted.shape == (1, 3, 64, 64)
    assert len(Critics(config)(maps, painted)) == config.critic_scales


def test_paper_preset_has_the_size_of_the_paper() -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in build_generator(PRESETS["paper"]).parameters())
    assert 180e6 < count < 185e6


def make_batch(frame: FaceFrame, plan: TrainConfig) -> Any:
    rows = np.stack([face_points(), moved(face_points(), 0.02, 1.0, 3, 1)])
    cutter = Cutter(frame, fit_jaw(np.repeat(rows, 3, 0), frame), plan)
    return cutter.batch([np.full((BOX, BOX, 3), (220, 160, 90), np.uint8)] * 2, rows, (176, 128), plan.crop)


def test_training_lowers_the_loss_and_resumes_exactly(frame: FaceFrame, tmp_path: Path) -> None:
    plan = TrainConfig(crop=256, critic_from=0.0, warm_steps=1, rate=2e-2)
    batch = make_batch(frame, plan)
    fitter = Fitter(RendererConfig.tiny(), plan, torch.device("cpu"))
    first = fitter.step(batch, 0.0)["colour"]
    for _ in range(8):
        last = fitter.step(batch, 0.1)["colour"]
    assert last < 0.9 * first
    fitter.save(tmp_path / "state.safetensors")
    other = Fitter(RendererConfig.tiny(), plan, torch.device("cpu"))
    other.resume(tmp_path / "state.safetensors")
    one, two = fitter.step(batch, 0.2), other.step(batch, 0.2)
    assert one == pytest.approx(two, rel=1e-4)


def test_window_of_the_face_frame_comes_back_in_the_picture_pose(frame: FaceFrame) -> None:
    """A network that returned the truth of the face frame would be measured against the picture itself."""
    plan = TrainConfig(crop=256)
    batch = make_batch(frame, plan)
    still = torch.nn.functional.grid_sample(batch.maps[:1, 1:2], batch.grid[:1], align_corners=False)
    np.testing.assert_allclose(still[0, 0, 20:-20, 20:-20], batch.maps[0, 1, 20:-20, 20:-20], atol=0.02)
    shifted = torch.nn.functional.grid_sample(batch.maps[1:, 1:2], batch.grid[1:], align_corners=False)[0, 0].numpy()
    drawn = draw_lines(moved(face_points(), 0.02, 1.0, 3, 1))[0, 176 : 176 + 256, 128 : 128 + 256] / 255.0
    assert np.corrcoef(shifted[20:-20, 20:-20].ravel(), drawn[20:-20, 20:-20].ravel())[0, 1] > 0.9


def test_a_window_is_painted_as_in_the_whole_picture() -> None:
    torch.manual_seed(5)
    generator = build_generator(RendererConfig.tiny()).eval()
    with torch.no_grad():
        generator.canvas.normal_(0, 0.3)
        generator.colours.normal_(0, 0.3)
        maps = torch.randint(0, 255, (1, len(CHANNELS), BOX, BOX))
        top, left, height, width = window = (96, 64, 352, 320)
        part = maps[..., top : top + height, left : left + width]
        whole, small = picture_graph(generator)(maps)[0], picture_graph(generator, window)(part)[0]
    inner = 112  # beyond the reach of the layers nothing tells the window's rim from the picture's
    seen = whole[top + inner : top + height - inner, left + inner : left + width - inner]
    assert (seen == small[inner:-inner, inner:-inner]).all() and seen.float().std() > 1


def test_measures_know_same_from_different() -> None:
    one, two = noisy_picture(5, 96), noisy_picture(6, 96)
    assert psnr_db(one, one) > 60 and ssim(one, one) == pytest.approx(1.0)
    assert ssim(one, two) < 0.3 and psnr_db(one, two) < 15
    soft = np.repeat(np.repeat(one[::2, ::2], 2, 0), 2, 1) // 2 + one // 4
    assert sharpness(soft) < sharpness(one)


def test_closures_count_spells_between_open_lips() -> None:
    truth = np.float32([0, 0, 0, 0.2, 0.2, 0, 0.2, 0.2, 0, 0, 0.2, 0, 0])
    assert closures(truth, truth) == (2, 2)
    missed = truth.copy()
    missed[5] = 0.2
    assert closures(truth, missed) == (1, 2)
