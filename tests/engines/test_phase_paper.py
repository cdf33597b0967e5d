"""The paper's losses, worked out by hand beside the course: eqs. 8 to 10 of Oyamada et al. 2018."""

from __future__ import annotations

import copy

import pytest
import torch

from engines.common.stft import Grid, istft, stft
from engines.phase.adversarial import PaperCourse
from engines.phase.config import PaperTraining, tiny_paper
from engines.phase.methods import random_phase
from engines.phase.paper import first_guess
from engines.phase.projections import Target
from tests.engines.test_phase import speechlike

SMALL = Grid(size=256, hop=128)


@pytest.fixture
def course() -> PaperCourse:
    """A tiny training whose critic has an opinion."""
    made = PaperCourse(tiny_paper(), PaperTraining(batch=1, segment_s=0.2, rate=1e-3, matching=0.7), SMALL)
    torch.nn.init.normal_(made.critic.score.weight, std=0.5)
    return made


def test_the_losses_are_those_of_equations_8_to_10(course: PaperCourse) -> None:
    sound = torch.from_numpy(speechlike(0.2)[: course.batch[1]])[None]
    before = copy.deepcopy(course)
    row = course.learn(sound)

    spectra = stft(sound, SMALL)
    before._measure(spectra)
    magnitude, target = spectra.abs(), Target(spectra.abs(), SMALL)
    guess = first_guess(target, random_phase(target, course.how.seed), course.config.iterations)
    made = istft(before.generator(guess), SMALL, sound.shape[1])
    with torch.no_grad():
        true_score, made_score = (before.critic(x, magnitude)[0] for x in (sound, made))
        assert row["critic"] == pytest.approx(float(((true_score - 1) ** 2).mean() + (made_score**2).mean()), rel=1e-4)
        score, features = course.critic(made, magnitude)  # the generator faces the critic that has just learned
        _, wanted = course.critic(sound, magnitude)
    assert row["fooling"] == pytest.approx(float(((score - 1) ** 2).mean()), rel=1e-4)
    matching = sum(float((a - b).abs().mean()) for a, b in zip(features, wanted, strict=True)) / len(features)
    assert row["matching"] == pytest.approx(matching, rel=1e-4)


def test_each_network_learns_from_its_own_loss_alone(course: PaperCourse) -> None:
    sound = torch.from_numpy(speechlike(0.2)[: course.batch[1]])[None]
    course.learn(sound)
    kept = copy.deepcopy(course)
    with torch.no_grad():
        magnitude = stft(sound, SMALL).abs()
    course._judge(sound, sound * 0.5, magnitude)
    for mine, before in zip(course.generator.parameters(), kept.generator.parameters(), strict=True):
        assert torch.equal(mine, before)
    assert any(
        not torch.equal(mine, before)
        for mine, before in zip(course.critic.parameters(), kept.critic.parameters(), strict=True)
    )


def test_every_visit_of_a_segment_starts_from_another_phase(course: PaperCourse) -> None:
    sound = torch.from_numpy(speechlike(0.2)[: course.batch[1]])[None]
    target = Target(stft(sound, SMALL).abs(), SMALL)
    first, second = (random_phase(target, course.how.seed + step) for step in (0, 1))
    assert not torch.allclose(first, second)
    assert torch.equal(first, random_phase(target, course.how.seed))
