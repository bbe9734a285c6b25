"""Pages: a worker answers on a phone, the enterprise hands out, keys slips and closes."""

import subprocess
from datetime import timedelta

import pytest

from score_web.core import clock, typesetting
from score_web.core.db import db
from score_web.pulse import services
from score_web.pulse.models import PulseSurvey, WaitingAnswer
from tests.factories import actor_of, make_enterprise
from tests.pulse.arrange import a_survey, an_hour_later, answer


@pytest.fixture
def scene(database):
    return a_survey()


def kept() -> list[dict]:
    return [row.said for row in db.session.query(WaitingAnswer)]


def test_a_worker_answers(app, client, scene):
    page = client.get(scene.path)
    assert len(page.find_all("fieldset")) == 12
    assert len(page.find_all("input", type="radio")) == 12 * 5
    assert "您" not in page.text
    assert page.links() == ["#main"]
    sent = client.post(scene.path, {"key": page.value("key"), scene.ids[0]: "3", scene.ids[1]: "dk"})
    assert client.follow(sent).h1 == "谢谢"
    assert kept() == [{scene.ids[0]: "3", scene.ids[1]: "dk"}]


def test_the_phone_is_asked_before_a_second_go(client, scene):
    client.post(scene.path, scene.all("1"))
    page = client.get(scene.path)
    assert page.h1 == "这部手机上已经有人答过了"
    assert client.get(scene.path.replace("/zh/", "/en/")).h1 == "Somebody has already answered on this phone"
    again = client.get(next(link for link in page.links() if "again" in link))
    assert again.find_all("form")
    client.post(scene.path, scene.all("2"))
    assert len(kept()) == 2


def test_another_survey_does_not_know_the_mark(app, client, scene):
    client.post(scene.path, scene.all("1"))
    assert client.http.get_cookie("answered", path=scene.path)
    assert client.http.get_cookie("answered") is None


def test_an_empty_form_gets_a_plain_sentence(client, scene):
    page = client.post(scene.path, {}, status=409)
    assert "还没有选。请至少答一条。" in page.text
    assert kept() == []


def test_switching_the_language_keeps_what_was_chosen(client, scene):
    page = client.get(scene.path)
    chosen = {"key": page.value("key"), scene.ids[3]: "2", "switch_language": "1"}
    other = client.post(scene.path.replace("/zh/", "/en/"), chosen, status=200)
    assert (other.value(scene.ids[3]), other.value("key")) == ("2", page.value("key"))
    assert other.response.headers.getlist("Set-Cookie") == []
    assert kept() == []


@pytest.mark.parametrize("forged", ["4", "na", "1' OR 1", "\0"])
def test_forged_values_are_refused(client, scene, forged):
    client.post(scene.path, {scene.ids[0]: forged}, status=400)
    assert kept() == []


def test_forged_fields_are_left_out(client, scene):
    client.post(scene.path, {"key": "x" * 40, "M1-A4": "1", "survey_id": "9", scene.ids[0]: "1"})
    assert kept() == [{scene.ids[0]: "1"}]


def test_nobody_asks_where_an_answer_comes_from(client, scene):
    """There is no session that another site could misuse, and some web views send no origin or `null`."""
    client.post(scene.path, scene.all("1"), headers={"Origin": "null"})
    assert len(kept()) == 1


def test_a_closed_survey_says_so(client, scene):
    services.close_survey(scene.survey, by=actor_of(scene.head))
    assert client.get(scene.path, status=410).h1 == "这次问卷已经结束"
    client.post(scene.path, scene.all("1"), status=410)
    assert kept() == []


def test_one_click_opens_a_survey(client, database):
    scene = a_survey()
    db.session.delete(scene.survey)
    client.sign_in(scene.head)
    assert f"/en/pulse/rounds/{scene.round.id}/open" in client.get("/en/pulse/").html
    page = client.follow(client.post(f"/en/pulse/rounds/{scene.round.id}/open"))
    assert page.h1 == "Worker survey of module 1"
    survey = db.session.query(PulseSurvey).one()
    assert survey.token in page.html
    assert 'class="qr"' in page.html


def test_the_enterprise_sees_totals_only(app, client, scene):
    for number in range(8):
        answer(app, scene, scene.all("3" if number else "0"))
    client.sign_in(scene.head)
    page = client.get(f"/en/pulse/{scene.survey.id}")
    assert "Fewer than 5 answers are counted" in page.text
    assert "%" not in page.text_of(page.find_all("tbody")[0])
    an_hour_later()
    page = client.get(f"/en/pulse/{scene.survey.id}")
    assert "5 or more workers answered; head-count 100" in page.text
    assert "88%" in page.text_of(page.find_all("tbody")[0])


def test_slips_are_keyed_without_a_mouse(client, scene):
    client.sign_in(scene.head)
    path = f"/en/pulse/{scene.survey.id}/keying"
    page = client.get(path)
    wrong = client.post(path, {"key": page.value("key"), scene.ids[0]: "1", scene.ids[1]: "8"}, status=422)
    assert wrong.value(scene.ids[1]) == "8"
    assert kept() == []
    page = client.follow(client.post(path, {"key": page.value("key"), scene.ids[0]: "1", scene.ids[1]: "5"}))
    assert "1 slip keyed so far" in page.text
    assert kept() == [{scene.ids[0]: "0", scene.ids[1]: "dk"}]
    assert "Nothing is chosen yet" in client.post(path, {}, status=409).text


def test_the_last_day_can_be_moved_and_the_survey_closed(client, scene):
    client.sign_in(scene.head)
    path = f"/en/pulse/{scene.survey.id}"
    late = (clock.today() + timedelta(days=99)).isoformat()
    assert "at most 60 days" in client.post(path, {"last_day": late}, status=409).text
    client.post(path, {"last_day": (clock.today() + timedelta(days=3)).isoformat()})
    answer(client.app, scene, scene.all("1"))
    client.post(f"{path}/close")
    page = client.get(path)
    assert "1 answer was left over and has been erased" in page.text
    assert kept() == []


def test_only_the_enterprise_runs_its_survey(client, scene):
    _, stranger = make_enterprise()
    client.sign_in(stranger)
    for page in ("", "/keying", "/poster.pdf", "/slips.pdf"):
        client.get(f"/en/pulse/{scene.survey.id}{page}", status=404)
    client.post(f"/en/pulse/{scene.survey.id}/close", status=404)
    client.post(f"/en/pulse/rounds/{scene.round.id}/open", status=404)


@pytest.mark.parametrize(("paper", "words"), [
    ("poster", ["厂里实际怎么样", "What is it really like here?", "用微信或相机扫码", "Scan the code"]),
    ("slips", ["员工匿名问卷", "Anonymous worker survey", "我知道我们班组这个月的目标是什么", "I know this month's targets",
               "完全符合", "I do not know"]),
])
def test_paper_speaks_both_languages_and_names_the_link(client, scene, tmp_path, paper, words):
    client.sign_in(scene.head)
    pdf = client.get(f"/en/pulse/{scene.survey.id}/{paper}.pdf").response.get_data()
    (tmp_path / "paper.pdf").write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "paper.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert [word for word in [*words, f"http://localhost{scene.path}"] if word not in text] == []
    assert paper == "slips" or scene.round.enterprise.name_zh in text.replace(" ", "")
    info = subprocess.run(["pdfinfo", tmp_path / "paper.pdf"], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1\n" in info


def test_without_a_font_a_sentence_says_what_to_install(client, scene, monkeypatch):
    monkeypatch.setattr(typesetting, "_families", list)
    client.sign_in(scene.head)
    page = client.get(f"/en/pulse/{scene.survey.id}/poster.pdf", status=503)
    assert "fonts-noto-cjk" in page.text
    assert "fonts-noto-cjk" in client.get(f"/en/pulse/{scene.survey.id}").text
