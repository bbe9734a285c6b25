"""Protects: nobody among the workers can be found out from what is shown, by no arithmetic; each lens stands alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from score_web.assessment import questionnaire, scoring
from score_web.assessment.findings import Lenses
from score_web.assessment.lenses import FEWEST, HIGHEST, LOWEST, MANY, Lens, Shown, Sides, Tally, View, of_workers, sides, view
from score_web.assessment.scoring import Rating

MODULE = questionnaire.module(1)
ASKED = [statement.id for statement in MODULE.statements if statement.worker]


@st.composite
def tally(draw, least=0, most=60):
    n = draw(st.integers(least, most))
    return Tally(draw(st.integers(0, 3 * n)), n)


HEARD = st.dictionaries(st.sampled_from(ASKED), tally())
ANSWERS = st.dictionaries(st.sampled_from([s.id for s in MODULE.statements]), st.integers(0, 3).map(lambda value: Tally(value, 1)))


def everything(workers: View, managers: View) -> list:
    """All that a reader can see of the workers."""
    parts = [MODULE.statements, *(theme.statements for theme in MODULE.themes)]
    return [workers.shown, *(workers.of(part) for part in parts), *(sides(part, managers, workers) for part in parts)]


@given(tally(most=FEWEST - 1))
def test_fewer_than_five_ratings_show_nothing(few):
    assert of_workers(few) is None


@given(tally(least=FEWEST, most=MANY - 1))
def test_below_twenty_ratings_no_extreme_is_told(some):
    shown = of_workers(some)
    assert LOWEST <= shown.percent <= HIGHEST
    assert shown.at_most == (some.percent <= LOWEST)
    assert shown.at_least == (some.percent >= HIGHEST)


@pytest.mark.parametrize(("total", "n", "shown"), [
    (0, 5, Shown(10, at_most=True)), (15, 5, Shown(90, at_least=True)), (1, 5, Shown(10, at_most=True)), (2, 5, Shown(13)),
    (0, 19, Shown(10, at_most=True)), (0, 20, Shown(0)), (60, 20, Shown(100)), (7, 5, Shown(47))])
def test_what_stands_there(total, n, shown):
    assert of_workers(Tally(total, n)) == shown


@given(tally(least=MANY))
def test_from_twenty_ratings_on_the_number_is_plain(many):
    assert of_workers(many) == Shown(round(many.percent))


@given(HEARD, ANSWERS, st.data())
def test_hidden_and_clipped_ratings_change_nothing_that_can_be_read(heard, answers, data):
    """Two factories that differ only in what is hidden look the same: in statements, themes, module and gaps."""
    other = dict(heard)
    for key, one in heard.items():
        shown = of_workers(one)
        if shown is None:
            other[key] = data.draw(tally(most=FEWEST - 1))
        elif shown.at_most or shown.at_least:
            lowest = [total for total in range(3 * one.n + 1) if of_workers(Tally(total, one.n)) == shown]
            other[key] = Tally(data.draw(st.sampled_from(lowest)), one.n)
    managers = view(Lens.SELF, answers)
    assert everything(view(Lens.WORKERS, heard), managers) == everything(view(Lens.WORKERS, other), managers)


@given(HEARD)
def test_a_theme_is_the_mean_of_its_shown_statements(heard):
    workers = view(Lens.WORKERS, heard)
    for theme in MODULE.themes:
        shown = [of_workers(heard[s.id]) for s in theme.statements if s.id in heard and heard[s.id].n >= FEWEST]
        found = workers.of(theme.statements)
        assert (found is None) == (not shown)
        if shown and not (found.at_most or found.at_least):
            assert abs(found.percent - sum(one.percent for one in shown) / len(shown)) <= 0.5


@given(st.dictionaries(st.sampled_from(ASKED), tally(least=MANY), min_size=1), ANSWERS)
def test_the_gap_is_between_both_sides_of_the_same_statements(heard, answers):
    """Every statement weighs the same on both sides, however many workers rated it; shown numbers are at most half a point off."""
    found = sides(MODULE.statements, view(Lens.SELF, answers), view(Lens.WORKERS, heard))
    both = heard.keys() & answers.keys()
    assert (found.count if found else 0) == len(both)
    if found:
        assert abs(found.managers.percent - sum(answers[key].percent for key in both) / len(both)) <= 0.5 + 1e-9
        assert abs(found.workers.percent - sum(heard[key].percent for key in both) / len(both)) <= 1 + 1e-9
        assert found.gap.points == found.managers.percent - found.workers.percent


def test_twenty_points_are_a_wide_gap():
    assert Sides(Shown(67), Shown(47), 3).gap.wide
    assert Sides(Shown(47), Shown(67), 3).gap.wide
    assert not Sides(Shown(66), Shown(47), 3).gap.wide


def test_the_others_change_nothing_of_the_self_assessment():
    answers = {s.id: Rating(2) for s in MODULE.statements}
    score = scoring.score(MODULE, answers)
    own = view(Lens.SELF, {key: Tally(2, 1) for key in answers})
    seen = Lenses(score, own, view(Lens.WORKERS, {"M1-A1": Tally(0, 30)}), view(Lens.TRAINER, {"M1-A1": Tally(1, 1), "M1-A2": Tally(2, 1)}))
    first, *rest = seen.rows
    assert (first.own, first.workers, first.trainer, first.verified) == (score.themes[0].percent, Shown(0), Shown(50), 2)
    assert (first.sides.gap.points, [row.theme.letter for row in seen.wide]) == (67, ["A"])
    assert all((row.workers, row.trainer, row.sides) == (None, None, None) for row in rest)
    assert [row.own for row in seen.rows] == [theme.percent for theme in score.themes]
    assert seen.radar.now.corners[0].value == pytest.approx(200 / 3)
    assert [len(outline.corners) for outline in seen.radar.others] == [1, 1]


@pytest.mark.parametrize(("total", "n"), [(4, 1), (-1, 1), (1, 0)])
def test_a_tally_cannot_be_more_than_its_ratings(total, n):
    with pytest.raises(ValueError, match="no tally"):
        Tally(total, n)
