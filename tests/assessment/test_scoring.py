"""Protects: the percentages, bands, red flags and first actions that an enterprise, its partner and the ILO rely on."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from score_web.assessment import questionnaire, scoring
from score_web.assessment.scoring import Band, Gap, Rating, may_submit, score
from score_web.core.words import Sentence

M1 = questionnaire.module(1)
M5 = questionnaire.module(5)
IDS = [statement.id for statement in M1.statements]
DOES_NOT_APPLY = Rating(None, True, "We have no boiler.")

RATINGS = st.builds(Rating, st.integers(0, 3))
ANY_ANSWER = st.one_of(RATINGS, st.just(Rating()), st.just(DOES_NOT_APPLY), st.just(Rating(None, True, " ")))
ANSWERS = st.dictionaries(st.sampled_from(IDS), ANY_ANSWER)


def all_rated(value: int, **others: int) -> dict[str, Rating]:
    """Every statement of module 1 with the same rating; others by their short id, as A3=0."""
    return {key: Rating(others.get(key[3:], value)) for key in IDS}


def rated(*values: int) -> dict[str, Rating]:
    return {key: Rating(value) for key, value in zip(IDS, values, strict=False)}


def test_nothing_answered_has_no_percentage_and_no_band():
    result = score(M1, {})
    assert (result.answered, result.rated, result.total) == (0, 0, 24)
    assert (result.percent, result.band, result.red_flags, result.first_actions) == (None, None, (), ())
    assert [theme.percent for theme in result.themes] == [None] * 5


def test_the_module_is_the_mean_of_its_statements_not_of_its_themes():
    answers = {key: Rating(3 if key.startswith("M1-A") else 0) for key in IDS}
    result = score(M1, answers)
    assert result.percent == 100 * 4 * 3 / (24 * 3)
    assert [theme.percent for theme in result.themes] == [100, 0, 0, 0, 0]


def test_themes_count_what_was_answered_and_rated():
    result = score(M1, {"M1-A1": Rating(2), "M1-A2": DOES_NOT_APPLY, "M1-A3": Rating(None, True, ""), "M1-B1": Rating(1)})
    counts = [(theme.theme.letter, theme.percent, theme.answered, theme.rated, theme.total) for theme in result.themes]
    assert counts[:3] == [("A", 200 / 3, 2, 1, 4), ("B", 100 / 3, 1, 1, 5), ("C", None, 0, 0, 5)]
    assert (result.answered, result.rated) == (3, 2)


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (0, Band.STARTING), (39.999, Band.STARTING), (40, Band.BASIC), (59.999, Band.BASIC),
        (60, Band.GOOD), (79.6, Band.GOOD), (80, Band.EXCELLENT), (100, Band.EXCELLENT),
    ],
)  # fmt: skip
def test_bands_use_unrounded_values(percent, expected):
    assert scoring.band(percent) is expected


def test_a_percentage_of_exactly_40_60_or_80_belongs_to_the_upper_band():
    for numerator, expected in ((6, Band.BASIC), (9, Band.GOOD), (12, Band.EXCELLENT)):
        values = [3] * (numerator // 3) + [0] * (5 - numerator // 3)
        assert score(M1, rated(*values)).band is expected


@pytest.mark.parametrize(
    ("rating", "flags"),
    [(Rating(0), ["M1-A3"]), (Rating(1), ["M1-A3"]), (Rating(2), []), (Rating(3), []), (Rating(), []), (DOES_NOT_APPLY, [])],
)
def test_a_minimum_standard_rated_0_or_1_is_a_red_flag_whatever_the_average(rating, flags):
    assert [s.id for s in score(M1, all_rated(3) | {"M1-A3": rating}).red_flags] == flags


def test_first_actions_critical_then_lowest_then_weakest_theme_then_order():
    answers = all_rated(3, A3=1, B2=0, C1=1, D1=1, D2=1, E1=0, E2=0)
    actions = [(action.statement.id, action.rating) for action in score(M1, answers).first_actions]
    assert actions == [("M1-A3", 1), ("M1-E1", 0), ("M1-E2", 0), ("M1-B2", 0), ("M1-D1", 1)]
    assert [action.theme.theme.letter for action in score(M1, answers).first_actions] == list("AEEBD")


def test_first_actions_of_equal_weight_keep_the_order_of_the_questionnaire():
    actions = score(M5, {s.id: Rating(1) for s in M5.statements}).first_actions
    assert [action.statement.id for action in actions] == ["M5-A5", "M5-B5", "M5-C1", "M5-E2", "M5-A1"]


def test_practices_in_place_are_no_first_actions():
    assert score(M1, all_rated(2)).first_actions == ()


@pytest.mark.parametrize(
    ("rated_count", "reasoned", "unreasoned", "missing"),
    [
        (24, 0, 0, []),
        (20, 0, 4, []),
        (12, 8, 4, []),
        (19, 0, 5, [Sentence(scoring.TOO_FEW_ANSWERED, needed=20, total=24, answered=19)]),
        (12, 7, 5, [Sentence(scoring.TOO_FEW_ANSWERED, needed=20, total=24, answered=19)]),
        (11, 13, 0, [Sentence(scoring.TOO_FEW_RATED, needed=12, total=24, rated=11)]),
        (0, 0, 24, [
            Sentence(scoring.TOO_FEW_ANSWERED, needed=20, total=24, answered=0),
            Sentence(scoring.TOO_FEW_RATED, needed=12, total=24, rated=0),
        ]),
    ],
)  # fmt: skip
def test_submitting_needs_80_percent_answered_and_half_rated(rated_count, reasoned, unreasoned, missing):
    answers = [Rating(0)] * rated_count + [DOES_NOT_APPLY] * reasoned + [Rating(None, True, " ")] * unreasoned
    assert may_submit(score(M1, dict(zip(IDS, answers, strict=True)))) == missing


@pytest.mark.parametrize(
    ("managers", "workers", "wide"),
    [(80, 60, True), (60, 80, True), (79.9, 60, False), (200 / 3, 140 / 3, True), (50, 50, False)],
)
def test_a_gap_is_wide_from_20_points_on_either_side(managers, workers, wide):
    assert Gap(managers, workers).wide is wide


@pytest.mark.parametrize("wrong", [{"value": 4}, {"value": -1}, {"value": 2, "not_applicable": True}])
def test_impossible_ratings_cannot_be_made(wrong):
    with pytest.raises(ValueError, match="no rating"):
        Rating(**wrong)


def test_in_place_is_what_the_ilo_counts():
    assert [Rating(value).in_place for value in (0, 1, 2, 3, None)] == [False, False, True, True, False]


@given(ANSWERS)
def test_everything_stays_within_its_bounds(answers):
    result = score(M1, answers)
    assert 0 <= result.rated <= result.answered <= result.total == 24
    assert (result.percent is None) is (result.rated == 0)
    assert result.percent is None or 0 <= result.percent <= 100
    assert len(result.first_actions) <= 5
    assert all(action.rating < 2 for action in result.first_actions)
    assert sum(theme.answered for theme in result.themes) == result.answered
    assert all(theme.percent is None or 0 <= theme.percent <= 100 for theme in result.themes)


@given(ANSWERS, st.sampled_from(IDS), st.integers(0, 2))
def test_a_better_rating_never_lowers_anything(answers, key, value):
    worse = score(M1, answers | {key: Rating(value)})
    better = score(M1, answers | {key: Rating(value + 1)})
    assert better.percent > worse.percent
    assert len(better.red_flags) <= len(worse.red_flags)
    assert all(b.percent is None or b.percent >= w.percent for b, w in zip(better.themes, worse.themes, strict=True))


@given(ANSWERS, st.sampled_from(IDS))
def test_what_does_not_apply_counts_as_if_it_were_not_there(answers, key):
    without = score(M1, {other: rating for other, rating in answers.items() if other != key})
    with_it = score(M1, answers | {key: DOES_NOT_APPLY})
    assert (with_it.percent, with_it.band, with_it.rated) == (without.percent, without.band, without.rated)
    assert (with_it.red_flags, [t.percent for t in with_it.themes]) == (without.red_flags, [t.percent for t in without.themes])
    assert with_it.answered == without.answered + 1


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(answers, dice: random.Random):
    shuffled = list(answers.items())
    dice.shuffle(shuffled)
    assert score(M1, dict(shuffled)) == score(M1, answers)


@given(st.lists(st.integers(0, 3), min_size=24, max_size=24), st.randoms(use_true_random=False))
def test_the_module_percentage_does_not_depend_on_which_statement_got_which_rating(values, dice):
    shuffled = list(values)
    dice.shuffle(shuffled)
    assert score(M1, rated(*shuffled)).percent == score(M1, rated(*values)).percent


@given(ANSWERS)
def test_answers_to_other_modules_and_editions_change_nothing(answers):
    assert score(M1, answers | {"M2-A1": Rating(0), "M1-Z9": Rating(0)}) == score(M1, answers)
