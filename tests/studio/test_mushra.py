"""The MUSHRA session: blind orders, what makes a trial complete, intervals of confidence, screening, tables."""

from __future__ import annotations

import csv
import io

import pytest

from studio.session.mushra import ANCHOR, HIDDEN, INTERVALS, Mushra, Plan, Rating, interval, letter
from studio.session.mushra_results import ALL_ITEMS, half_width, ratings_csv, screen, summarise, summary_csv

ITEMS = ("one", "two", "three", "four")
CONDITIONS = ("BPGAN 1", "BPGAN 2", "Opus 6")
PLAN = Plan(ITEMS, CONDITIONS, "Ada", 7)


def complete(test: Mushra, score: int = 50) -> None:
    for i in range(len(test.trial.order)):
        test.hear(i)
        test.rate(i, score)


def scored(condition: str, scores: list[int], listener: str = "Ada") -> list[Rating]:
    return [Rating(listener, 0, i, "A", f"item {i}", condition, score) for i, score in enumerate(scores)]


def test_every_trial_holds_reference_anchor_and_all_conditions_once() -> None:
    test = Mushra(PLAN)
    assert sorted(trial.item for trial in test.trials) == sorted(ITEMS)
    for trial in test.trials:
        assert sorted(trial.order) == sorted((HIDDEN, ANCHOR, *CONDITIONS))


def test_the_order_is_the_seeds_and_differs_between_trials_and_listeners() -> None:
    orders = [trial.order for trial in Mushra(PLAN).trials]
    assert orders == [trial.order for trial in Mushra(PLAN).trials]
    assert len(set(orders)) > 1
    assert orders != [trial.order for trial in Mushra(Plan(ITEMS, CONDITIONS, "Ada", 8)).trials]
    assert orders != [trial.order for trial in Mushra(Plan(ITEMS, CONDITIONS, "Ben", 7)).trials]


def test_no_place_favours_the_reference() -> None:
    places = [Mushra(Plan(("one",), CONDITIONS, seed=seed)).trial.order.index(HIDDEN) for seed in range(1000)]
    counts = [places.count(place) for place in range(5)]
    assert min(counts) > 150, counts


def test_a_trial_is_left_only_when_all_was_heard_and_rated() -> None:
    test = Mushra(PLAN)
    for i in range(5):
        test.rate(i, 60)
    assert not test.can_go_on, "nothing was played yet"
    for i in range(4):
        test.hear(i)
    test.go_on()
    assert test.number == 0
    test.hear(4)
    test.go_on()
    assert test.number == 1
    test.go_back()
    assert test.number == 0 and test.trial.scores == (60,) * 5


def test_after_the_last_trial_nothing_changes_any_more() -> None:
    test = Mushra(PLAN)
    for _ in ITEMS:
        assert not test.over
        complete(test)
        test.go_on()
    assert test.over
    test.rate(0, 99)
    test.go_back()
    assert {rating.score for rating in test.ratings()} == {50}
    assert len(test.ratings()) == len(ITEMS) * (len(CONDITIONS) + 2)


def test_scores_stay_on_the_scale_and_changes_are_told() -> None:
    test, told = Mushra(PLAN), []
    test.changed.connect(lambda: told.append(test.trial.scores[0]))
    test.rate(0, 140)
    test.rate(0, -3)
    assert told == [100, 0]


def test_a_plan_needs_items_and_conditions() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Mushra(Plan((), CONDITIONS))


def test_the_words_of_the_scale() -> None:
    assert [interval(score) for score in (0, 19, 20, 59, 80, 100)] == [
        "Bad", "Bad", "Poor", "Fair", "Excellent", "Excellent",
    ]  # fmt: skip
    assert len(INTERVALS) == 5 and letter(0) == "A" and letter(11) == "L"


def test_the_interval_is_students() -> None:
    """scores 60, 70, 80: deviation 10, t(0.975, 2) = 4.3027, so 4.3027 x 10 / sqrt(3) = 24.84."""
    assert half_width([60, 70, 80]) == pytest.approx(24.84, abs=0.01)
    assert half_width([60]) is None


def test_summaries_pool_items_and_keep_reference_first_and_anchor_last() -> None:
    ratings = scored(ANCHOR, [10, 20]) + scored("Opus 6", [60, 80]) + scored(HIDDEN, [100, 100])
    found = [s for s in summarise(ratings) if s.item == ALL_ITEMS]
    assert [s.condition for s in found] == [HIDDEN, "Opus 6", ANCHOR]
    assert (found[1].n, found[1].mean, found[1].median) == (2, 70.0, 70.0)
    assert found[1].low == 0.0 and found[1].high == 100.0, "t(1) is 12.7: the interval ends with the scale"
    assert found[0].low == found[0].high == 100.0
    single = [s for s in summarise(ratings) if s.item == "item 0" and s.condition == "Opus 6"]
    assert single[0].mean == 60.0 and single[0].low is None


def test_who_misses_the_reference_too_often_is_screened() -> None:
    careless = scored(HIDDEN, [100] * 8 + [89, 50], "Ben")  # 20 % of the items
    careful = scored(HIDDEN, [90] * 9 + [40])  # 10 %
    deaf = scored(HIDDEN, [100] * 10, "Cem") + scored(ANCHOR, [95] * 10, "Cem")
    found = screen(careful + careless + deaf)
    assert [s.listener for s in found] == ["Ben", "Cem"]
    assert "hidden reference" in found[0].why and "20%" in found[0].why and "anchor" in found[1].why
    kept = summarise(careful + careless + deaf, without={"Ben", "Cem"})
    assert kept[0].n == 10


def test_the_tables_can_be_read_back() -> None:
    ratings = scored("Opus, 6", [60]) + scored(HIDDEN, [100])
    rows = list(csv.DictReader(io.StringIO(summary_csv(summarise(ratings)))))
    assert rows[1] == {
        "item": ALL_ITEMS, "condition": "Opus, 6", "n": "1", "mean": "60.0", "ci95_low": "", "ci95_high": "",
        "lower_quartile": "60.0", "median": "60.0", "upper_quartile": "60.0",
    }  # fmt: skip
    scores = list(csv.DictReader(io.StringIO(ratings_csv(ratings, {"Ada"}))))
    assert [row["score"] for row in scores] == ["60", "100"] and scores[0]["screened"] == "yes"
