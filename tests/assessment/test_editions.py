"""A new edition is published: what was answered before keeps its statements, and a new self-assessment takes over what both ask."""

import json
from pathlib import Path

import pytest

from score_web.assessment import queries, questionnaire, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.questionnaire import QuestionnaireError, published
from score_web.assessment.states import RoundState
from score_web.core.db import db
from tests.assessment.filling import answer_all, form_of, replies, submitted
from tests.assessment.test_questionnaire import FINGERPRINTS

SECOND = Path(__file__).parent / "editions"
IN_BOTH = ["M1-A1", "M1-A2", "M1-C1", "M1-C2"]


def again(f):
    fresh = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    return fresh


def test_results_check_and_history_of_the_old_one_work_on(f, mine):
    answer_all(f.round, f.actor, choice="1", but={"M1-E1": Reply("na", "one-room workshop")})
    submitted(f, choice="3", but={"M1-A3": Reply("1", note="night shift")})
    before = mine.get(f"{f.path}/results").text, queries.score_of(f.round).percent
    with published(SECOND):
        assert questionnaire.latest_edition(1) == "2027"
        assert (mine.get(f"{f.path}/results").text, queries.score_of(f.round).percent) == before
        assert "Managers and supervisors treat workers with respect" in before[0]
        assert "night shift" in mine.get(f"{f.path}/history/M1-A3").text
        assert "one-room workshop" in mine.get(f"{f.path}/history/M1-E1").text
        mine.get(f"{f.path}/history/M1-F1", status=404)


def test_one_that_is_open_is_finished_in_the_edition_it_was_begun_with(f, mine):
    answer_all(f.round, f.actor, only=20)
    with published(SECOND):
        assert "20 of 24 answered" in mine.get("/en/assessment/").text
        page = mine.get(f"{f.path}/E")
        assert mine.post(page.path, form_of(page) | {"M1-E5": "3"}).location == f"{f.path}/check"
        mine.get(f"{f.path}/F", status=404)
        page = mine.get(f"{f.path}/keying")
        mine.post(page.path, form_of(page) | {"M1-E4.key": "0"})
        assert "You can submit; 2 statements are still open." in mine.get(f"{f.path}/check").text
        mine.post(f"{f.path}/check")
        assert (f.round.state, f.round.edition) == (RoundState.SUBMITTED, "2026")
        assert replies(f.round)["M1-E5"] == Reply("3")


@pytest.mark.both_engines
def test_a_new_one_begins_with_the_new_edition_and_copies_only_what_both_ask(f):
    submitted(f, choice="3")
    with published(SECOND):
        second = again(f)
        assert (f.round.edition, second.edition) == ("2026", "2027")
        assert sorted(replies(second)) == IN_BOTH
        assert (len(replies(f.round)), queries.score_of(f.round).total, queries.score_of(second).total) == (24, 24, 6)
        services.save_answers(second, (Change("M1-A9", Reply("0"), 0), Change("M1-F1", Reply("2"), 0)), by=f.actor)
        services.submit_round(second, by=f.actor)
        db.session.commit()
        assert [s.id for s in queries.score_of(second).red_flags] == ["M1-A9"]
        assert queries.earlier_submitted(second) == f.round


def test_pages_of_the_new_one_ask_the_new_statements_and_compare_with_the_old(f, mine):
    submitted(f, choice="3")
    with published(SECOND):
        second = again(f)
        path = f"/en/assessment/{second.id}"
        assert mine.post("/en/assessment/modules/1/start").location == f"{path}/A", "what is new there is not answered yet"
        page = mine.get(f"{path}/A")
        assert "A written code of conduct" in page.text
        mine.post(page.path, form_of(page) | {"M1-A9": "1"})
        mine.get(f"{path}/E", status=404)
        page = mine.get(f"{path}/F")
        assert mine.post(page.path, form_of(page) | {"M1-F1": "2"}).location == f"{path}/check"
        assert "All statements are answered" in mine.get(f"{path}/check").text
        mine.get(f"{path}/people")
        page = mine.follow(mine.post(f"{path}/check"))
        assert "A minimum standard is not met" in page.text
        for what in ("compare", "history/M1-A1"):
            mine.get(f"{path}/{what}")
        mine.get(f"{f.path}/results")


def test_a_published_edition_stays_guarded_when_another_one_comes(tmp_path):
    guarded = {(1, "2026"): json.loads(FINGERPRINTS.read_text(encoding="utf-8"))["M1 2026"]["fingerprint"]}
    with published(SECOND):
        prints = {(m.number, m.edition): m.fingerprint for m in questionnaire.editions() if m.number == 1}
        assert prints.items() > guarded.items(), "the old edition is untouched, the new one has a fingerprint of its own to be guarded"
        assert len(set(prints.values())) == 2
    assert [m.edition for m in questionnaire.editions() if m.number == 1] == ["2026"], "and only inside this test it was published"
    with pytest.raises(QuestionnaireError), published(tmp_path):
        pass
