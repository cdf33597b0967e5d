"""Text to lips: laws of the networks, their losses and their training."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.api.events import EngineError
from engines.textlip import losses, reader
from engines.textlip.batch import spell
from engines.textlip.blocks import LengthRegulator
from engines.textlip.config import KINDS, PRESETS, Kind, TextlipConfig, TrainConfig
from engines.textlip.dataset import Drawer, Runs
from engines.textlip.model import FIRST, ParaLip
from engines.textlip.networks import build
from engines.textlip.pictures import Discriminator
from engines.textlip.runs import durations, read_run, window_of, write_run
from engines.textlip.saved import keep, open_network
from engines.textlip.sayings import Saying
from engines.textlip.training import Trainer
from tests.engines.small_lips import FRAMES, PHONES, a_run, small_network


@pytest.fixture(scope="module")
def network() -> ParaLip:
    return small_network()


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_paints_as_many_pictures_as_asked(kind: Kind) -> None:
    made = build(TextlipConfig.tiny(kind)).eval()
    with torch.inference_mode():
        parts = list(made.paint(spell([PHONES], made.config), 7, torch.rand(1, 3, 80, 160), 3))
    pictures = torch.cat(parts)
    assert pictures.shape == (7, 3, 80, 160)
    assert float(pictures.min()) >= 0 and float(pictures.max()) <= 1


def test_chunks_make_no_difference_to_parallel_pictures(network: ParaLip) -> None:
    spelled, who = spell([PHONES], network.config), torch.rand(1, 3, 80, 160)
    with torch.inference_mode():
        whole = torch.cat(list(network.paint(spelled, 2 * FIRST, who, FIRST)))
        parts = torch.cat(list(network.paint(spelled, 2 * FIRST, who, 3)))
    assert torch.allclose(whole, parts, atol=1e-5)


def test_an_autoregressive_rival_sees_no_future() -> None:
    made = build(TextlipConfig.tiny("transformer")).eval()
    before = torch.rand(1, 6, 3, 20, 40, requires_grad=True)
    rows = made.follow(spell([PHONES], made.config), 6, torch.zeros(1, made.config.hidden), before)
    rows[0, 2].sum().backward()
    assert before.grad is not None
    assert float(before.grad[0, :3].abs().sum()) > 0
    assert float(before.grad[0, 3:].abs().sum()) == 0


def test_teacher_forcing_equals_going_step_by_step() -> None:
    torch.manual_seed(0)
    made = build(TextlipConfig.tiny("duallip")).eval()
    spelled, before = spell([PHONES], made.config), torch.rand(1, 5, 3, 20, 40)
    who = torch.rand(1, made.config.hidden)
    with torch.inference_mode():
        five, three = made.follow(spelled, 5, who, before), made.follow(spelled, 3, who, before)
    assert torch.allclose(five[:, :3], three, atol=1e-6)


def test_filling_a_batch_changes_nothing(network: ParaLip) -> None:
    alone = spell([PHONES], network.config)
    filled = spell([PHONES, (*PHONES, *PHONES)], network.config)
    with torch.inference_mode():
        assert torch.allclose(network.durations(alone)[0], network.durations(filled)[0, : len(PHONES)], atol=1e-5)


def test_the_length_regulator_gives_each_picture_its_phone() -> None:
    config = replace(TextlipConfig.tiny(), places=False)
    spelled = spell([PHONES], config)
    rows = LengthRegulator(config)(torch.eye(4, 16)[None], spelled.starts, spelled.ends, FRAMES)
    counts = rows[0].argmax(-1).bincount(minlength=4)
    assert counts.tolist() == durations(PHONES, FRAMES).tolist() == [3, 2, 6, 4]


def test_durations_tile_a_run_whatever_is_cut() -> None:
    for start_s in (0.0, 0.15, 0.3):
        part = window_of(PHONES, start_s, 0.6)
        assert part[0].start_s == 0
        assert part[-1].end_s == pytest.approx(0.6 - start_s)
        assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(part))
    assert durations(window_of(PHONES, 0.0, 2.0), 50).sum() == 50


def test_similarity_is_one_for_equals_and_what_the_usual_library_says() -> None:
    rng = np.random.default_rng(0)
    a = torch.from_numpy(rng.random((2, 3, 24, 32), np.float32))
    assert torch.allclose(losses.similarity(a, a), torch.ones(2), atol=1e-5)
    b = (a + 0.1 * torch.from_numpy(rng.standard_normal((2, 3, 24, 32)).astype(np.float32))).clamp(0, 1)
    smooth = losses.smoother(32, a)
    assert smooth.shape == (22, 32)
    assert torch.allclose(smooth.sum(1), torch.ones(22))
    assert 0 < float(losses.similarity(a, b).mean()) < 0.99


def test_the_duration_loss_counts_phones_and_the_whole() -> None:
    true, there = torch.tensor([[2.0, 3.0, 0.0]]), torch.tensor([[True, True, False]])
    assert float(losses.duration_loss(true, true, there)) == 0
    longer = torch.tensor([[3.0, 4.0, 9.0]])
    assert float(losses.duration_loss(longer, true, there)) == pytest.approx(2.0)  # 1 a phone, and 2 for both over 2
    traded = torch.tensor([[3.0, 2.0, 0.0]])
    assert float(losses.duration_loss(traded, true, there)) == pytest.approx(1.0)  # the whole is right


def test_the_discriminator_judges_patches() -> None:
    assert Discriminator(TextlipConfig.tiny())(torch.rand(2, 3, 80, 160)).shape == (2, 1, 10, 20)


def test_monotonic_alignment_finds_the_best_path() -> None:
    rng = np.random.default_rng(0)
    true = np.array([3, 1, 4, 2])
    owner = np.repeat(np.arange(4), true)
    scores = np.where(owner[:, None] == np.arange(4), 0.0, -1.0) + 0.01 * rng.standard_normal((10, 4))
    assert reader.search(scores).tolist() == true.tolist()
    assert reader.search(scores[:4]).tolist() == [1, 1, 1, 1]
    assert reader.search(np.zeros((12, 4)), 1.0).tolist() == [3, 3, 3, 3]


def test_alignment_of_lips_gives_every_phone_its_time() -> None:
    found = reader.align(reader.LipReader(8).eval(), a_run().mouths, PHONES)
    assert found.shape == (4,)
    assert float(found.sum()) == pytest.approx(FRAMES / 25, abs=1e-5)
    assert found.min() > 0


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = a_run()
    write_run(tmp_path, run)
    again = read_run(tmp_path / "a.npz")
    assert np.array_equal(again.pictures, run.pictures)
    assert [p.symbol for p in again.phones] == [p.symbol for p in PHONES]
    (tmp_path / "a.npz").write_bytes(b"no")
    with pytest.raises(EngineError, match="damaged"):
        read_run(tmp_path / "a.npz")


@pytest.mark.parametrize("kind", KINDS)
def test_training_goes_down_and_goes_on_where_it_stopped(kind: Kind, tmp_path: Path) -> None:
    write_run(tmp_path, a_run())
    how = TrainConfig(rate=3e-3, batch=2, shown=3, steps=8, adversarial_from=0.4, pictures_from=0.2)
    told = [Saying("a", "train", "real", PHONES, a_run().mouths)]
    trainer = Trainer(TextlipConfig.tiny(kind), how)
    lost = list(trainer.fit(Drawer(Runs(tmp_path), told, trainer.config, how)))
    assert lost[-1]["mouth"] < lost[0]["mouth"]
    assert "reconstruction" not in lost[0]
    assert {"reconstruction", "similarity", "adversarial"} <= set(lost[-1])
    assert ("duration" in lost[0]) == (kind == "paralip")
    trainer.save(tmp_path / "kept.safetensors")
    again = Trainer(TextlipConfig.tiny(kind), how)
    again.restore(tmp_path / "kept.safetensors")
    assert again.step == 8
    assert all(
        torch.equal(a, b)
        for a, b in zip(again.network.state_dict().values(), trainer.network.state_dict().values(), strict=True)
    )


def test_losses_switch_off(tmp_path: Path) -> None:
    write_run(tmp_path, a_run())
    how = TrainConfig(batch=1, shown=2, steps=1, similarity=0, adversarial=0, adversarial_from=0, pictures_from=0)
    trainer = Trainer(TextlipConfig.tiny(), how)
    lost = list(trainer.fit(Drawer(Runs(tmp_path), [], trainer.config, how)))
    assert set(lost[0]) == {"mouth", "reconstruction"}


def test_weights_carry_their_config(network: ParaLip, tmp_path: Path) -> None:
    keep(tmp_path / "w.safetensors", network, {})
    again = open_network(tmp_path / "w.safetensors")
    assert again.config == network.config
    with pytest.raises(EngineError, match="missing"):
        open_network(tmp_path / "none.safetensors")


def test_the_paper_preset_is_the_papers() -> None:
    paper = PRESETS["paper"]
    assert (paper.hidden, paper.heads, paper.encoder_blocks, paper.dropout, paper.places) == (256, 2, 4, 0.2, False)
    usual = TrainConfig()
    assert (usual.rate, usual.judge_rate, usual.batch, usual.adversarial) == (1e-3, 1e-4, 4, 5.0)
