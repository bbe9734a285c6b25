"""Zero loss at the page: two devices, two tabs, Back, double submit, a switch of language, a script that saves per answer."""

import json

import pytest

from score_web.assessment.answering import Reply
from score_web.core.db import db
from tests.assessment.filling import answer_all, form_of, replies, submitted

JSON = {"Accept": "application/json"}


def send(client, page, status=303, **typed):
    """What was on the page with some fields typed over; `A1_note` stands for M1-A1.note."""
    changed = {f"M1-{name.replace('_', '.')}": value for name, value in typed.items()}
    return client.post(page.path, form_of(page) | changed, status=status)


def test_one_post_saves_the_page_and_leads_to_the_next_theme(f, mine):
    page = mine.get(f"{f.path}/A")
    following = send(mine, page, A1="2", A1_note="Board by the gate\r\nsince May", A2="na", A2_reason="no shop floor")
    assert following.location == f"{f.path}/B"
    assert replies(f.round) == {"M1-A1": Reply("2", note="Board by the gate\nsince May"), "M1-A2": Reply("na", "no shop floor")}
    page = mine.get(f"{f.path}/A")
    assert [page.value(n) for n in ("M1-A1", "M1-A1.note", "M1-A2", "M1-A2.reason")] == \
        ["2", "Board by the gate\nsince May", "na", "no shop floor"]


def test_double_submit_is_harmless(f, mine):
    page = mine.get(f"{f.path}/A")
    for _ in range(2):
        assert send(mine, page, A1="2", A1_note="twice").location == f"{f.path}/B"
    assert replies(f.round) == {"M1-A1": Reply("2", note="twice")}


def test_an_old_page_brings_no_old_answer_back(f, mine):
    """Back, or a second tab: what still is as the old page showed it is not sent on."""
    old = mine.get(f"{f.path}/A")
    send(mine, mine.get(f"{f.path}/A"), A1="3", A2="1")
    send(mine, old, A3="2")
    assert replies(f.round) == {"M1-A1": Reply("3"), "M1-A2": Reply("1"), "M1-A3": Reply("2")}


def test_a_conflict_between_two_tabs_of_one_person_says_so(f, mine):
    tab = mine.get(f"{f.path}/A")
    send(mine, mine.get(f"{f.path}/A"), A1="3")
    page = send(mine, tab, status=409, A1="0")
    assert "You answered this on another page in the meantime" in page.text
    assert replies(f.round) == {"M1-A1": Reply("3")}


def test_two_devices_see_both_answers_and_the_newer_stands(f, mine, hers):
    page = mine.get(f"{f.path}/A")
    send(hers, hers.get(f"{f.path}/A"), A1="1", A1_note="assembly does not")
    page = send(mine, page, status=409, A1="3", A1_note="moulding does", A2="2")
    assert "Li Mei answered this in the meantime" in page.text
    for said in ("Li Mei", "Started", "assembly does not", f.manager.name, "Fully in place", "moulding does"):
        assert said in page.text_of(next(e for e in page.find_all("div") if e.get("id") == "M1-A1-said"))
    assert (page.value("M1-A1"), page.value("M1-A1.note")) == ("1", "assembly does not")
    assert replies(f.round) == {"M1-A1": Reply("1", note="assembly does not"), "M1-A2": Reply("2")}
    assert send(mine, page, A1="3").location == f"{f.path}/B"
    assert replies(f.round)["M1-A1"] == Reply("3", note="assembly does not")


def test_the_conflict_is_shown_once_and_leaving_it_keeps_the_newer_one(f, mine, hers):
    page = mine.get(f"{f.path}/A")
    send(hers, hers.get(f"{f.path}/A"), A1="1")
    page = send(mine, page, status=409, A1="3")
    assert send(mine, page).location == f"{f.path}/B"
    assert replies(f.round)["M1-A1"] == Reply("1")


def test_switching_the_language_keeps_what_was_typed_and_saves_nothing(f, mine):
    page = mine.get(f"{f.path}/A")
    typed = form_of(page) | {"M1-A1": "2", "M1-A1.note": "看板在门口", "M1-A2": "na", "switch_language": "1"}
    page = mine.post(f"{f.path}/A".replace("/en/", "/zh/"), typed, status=200)
    assert page.find_all("html")[0].get("lang") == "zh-CN"
    assert [page.value(n) for n in ("M1-A1", "M1-A1.note", "M1-A2")] == ["2", "看板在门口", "na"]
    assert replies(f.round) == {}
    send(mine, page)
    assert replies(f.round) == {"M1-A1": Reply("2", note="看板在门口"), "M1-A2": Reply("na")}


def test_a_conflict_is_still_seen_after_switching_the_language(f, mine, hers):
    page = mine.get(f"{f.path}/A")
    send(hers, hers.get(f"{f.path}/A"), A1="1")
    page = mine.post(page.path, form_of(page) | {"M1-A1": "3", "switch_language": "1"}, status=200)
    assert page.value("M1-A1") == "3"
    send(mine, page, status=409)
    assert replies(f.round)["M1-A1"] == Reply("1")


def test_a_lost_token_gives_the_page_back_with_everything_typed(f, mine):
    page = mine.get(f"{f.path}/A")
    page = mine.post(page.path, form_of(page) | {"M1-A1": "2", "M1-A1.note": "kept", "csrf_token": "stale"}, status=400)
    assert (page.value("M1-A1"), page.value("M1-A1.note")) == ("2", "kept")
    assert "For your safety this page had to be renewed." in page.text
    assert replies(f.round) == {}
    send(mine, page)
    assert replies(f.round)["M1-A1"] == Reply("2", note="kept")


def test_locked_after_submission_but_what_was_typed_is_shown(f, mine):
    page = mine.get(f"{f.path}/A")
    submitted(f)
    before = replies(f.round)
    page = send(mine, page, status=409, A1="0", A1_note="too late")
    assert "This self-assessment has been submitted: its answers are locked." in page.text
    assert (page.value("M1-A1"), page.value("M1-A1.note")) == ("0", "too late")
    assert replies(f.round) == before
    assert mine.get(f"{f.path}/A", status=302).location == f"{f.path}/results"
    assert mine.get(f"{f.path}/check", status=302).location == f"{f.path}/results"


def save_one(client, page, statement: str, status=200, **typed) -> dict:
    """As the script does: the fields of one statement."""
    form = {name: value for name, value in form_of(page).items() if name.partition(".")[0] in (statement, "csrf_token")}
    form |= {f"{statement}.{name}" if name != "choice" else statement: value for name, value in typed.items()}
    with client.app.app_context():  # a request of its own
        response = client.http.post(page.path, data=form, headers=JSON)
    db.session.rollback()
    assert (response.status_code, response.mimetype) == (status, "application/json")
    return json.loads(response.get_data(as_text=True))


def test_a_script_saves_one_answer_and_gets_the_time_of_the_database(f, mine):
    page = mine.get(f"{f.path}/A")
    answer = save_one(mine, page, "M1-A1", choice="2", note="by script")
    assert replies(f.round) == {"M1-A1": Reply("2", note="by script")}
    stored = mine.get(f"{f.path}/A")
    assert answer["answers"]["M1-A1"]["seal"] == stored.value("M1-A1.seal")
    status = stored.text_of(next(e for e in stored.find_all("span") if e.get("id") == "M1-A1-status"))
    assert status.startswith("saved ")
    assert status in " ".join(answer["html"]["M1-A1-status"].split())
    assert "1/4" in answer["html"]["tally"]
    assert "1/4" in answer["html"]["dock"]
    assert "1 of 24 answered" in answer["html"]["total"]


def test_a_script_is_told_of_a_conflict_with_both_answers(f, mine, hers):
    page = mine.get(f"{f.path}/A")
    save_one(hers, hers.get(f"{f.path}/A"), "M1-A1", choice="1")
    answer = save_one(mine, page, "M1-A1", status=409, choice="3")
    stored = {"choice": "1", "reason": "", "note": "", "discuss": False, "conflict": True}
    assert answer["answers"]["M1-A1"] | {"seal": ""} == stored | {"seal": ""}
    assert "Li Mei answered this in the meantime" in answer["html"]["M1-A1-said"]
    assert "Fully in place" in answer["html"]["M1-A1-said"]


def test_a_script_is_told_why_nothing_was_saved(f, mine):
    page = mine.get(f"{f.path}/A")
    too_long = save_one(mine, page, "M1-A1", status=422, choice="1", note="x" * 2001)
    assert too_long["error"] == "This may have 2000 characters and has 2001. Please shorten it; it is not saved yet."
    submitted(f)
    assert "its answers are locked" in save_one(mine, page, "M1-A1", status=409, choice="1")["error"]


@pytest.mark.parametrize("bad", [
    {"M1-A1": "7"}, {"M1-A1": "-1"}, {"M1-A1": "2.0"}, {"M1-A1": "NA"}, {"M1-A1.seal": "x"}, {"M1-A1.seal": "-1-0"},
    {"M1-A1.seal": "99999999999999999999-1"}, {"M9-Z1.seal": "0-0", "M9-Z1": "2"}, {"M1-B1.seal": "0-0", "M1-B1": "2"},
    {"M1-A1": "２"}, {"M1-A1": "\x00"},
])
def test_what_no_page_of_ours_sends_is_refused_and_nothing_saved(f, mine, bad):
    page = mine.get(f"{f.path}/A")
    mine.post(page.path, form_of(page) | {"M1-A2": "2"} | bad, status=400)
    assert replies(f.round) == {}


@pytest.mark.parametrize(("field", "most"), [("reason", 500), ("note", 2000)])
def test_too_long_is_an_error_beside_the_field_and_nothing_is_half_saved(f, mine, field, most):
    page = mine.get(f"{f.path}/A")
    page = send(mine, page, status=422, A1="na", A2="2", **{f"A1_{field}": "长" * (most + 1)})
    assert page.errors == [f"This may have {most} characters and has {most + 1}. Please shorten it; it is not saved yet."]
    assert page.value(f"M1-A1.{field}") == "长" * (most + 1)
    assert replies(f.round) == {}
    send(mine, page, A1="na", **{f"A1_{field}": "长" * most, "A1_reason" if field == "note" else "A1_note": "r"})
    assert len(replies(f.round)) == 2


@pytest.mark.both_engines
def test_emoji_are_kept_and_control_characters_are_not(f, mine):
    page = mine.get(f"{f.path}/A")
    send(mine, page, A1="2", A1_note="👍 好\x00的\x1b[31m <script>alert(1)</script> ${7*7} 㛃堃昇")
    assert replies(f.round)["M1-A1"].note == "👍 好的[31m <script>alert(1)</script> ${7*7} 㛃堃昇"
    assert "<script>alert" not in mine.get(f"{f.path}/A").html


def test_not_applicable_without_a_reason_is_kept_and_asked_for(f, mine):
    page = send(mine, mine.get(f"{f.path}/A"), A1="na", A2="3")
    assert page.location == f"{f.path}/A#M1-A1"
    page = mine.get(f"{f.path}/A")
    assert page.errors == ["Please say why it does not apply; without a reason it does not count as answered."]
    assert page.value("M1-A1") == "na"
    assert "1/4" in page.text
    assert send(mine, page, A1_reason="no targets in a trial year").location == f"{f.path}/B"


def test_leaving_never_submits_and_resuming_never_overwrites(f, mine, hers):
    answer_all(f.round, f.actor)
    before = replies(f.round)
    for letter in "ABCDE":
        send(hers, hers.get(f"{f.path}/{letter}"))
    hers.get(f"{f.path}/check")
    assert replies(f.round) == before
    assert mine.get(f"{f.path}/results").h1 == "Not submitted yet"
