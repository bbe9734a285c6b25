"""Who may take a report along, under which name, and what the page says where there can be none."""

from urllib.parse import unquote

import pytest

from score_web.core import typesetting
from score_web.core.db import db
from score_web.permissions import Role
from tests.assessment.filling import answer_all, make_filling, submitted
from tests.factories import add_membership, make_person

WECHAT = "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.40"
FILES = ("report.pdf", "report.pdf?form=full&words=both", "report.xlsx")


def test_own_people_and_the_responsible_partner_take_reports_along(database, client):
    f = make_filling()
    submitted(f)
    for person in (f.manager, f.colleague, f.partner):
        client.sign_in(person)
        for file in FILES:
            response = client.get(f"{f.path}/{file}").response
            assert response.data[:4] in (b"%PDF", b"PK\x03\x04")
            assert response.headers["Cache-Control"] == "no-store"


def test_an_open_one_leaves_only_as_a_draft_of_its_own_people(database, client):
    f = make_filling()
    answer_all(f.round, f.actor, only=3)
    client.sign_in(f.partner)
    for file in FILES:
        assert client.get(f"{f.path}/{file}", status=302).location.endswith("/results")
    client.sign_in(f.manager)
    page = client.get(f"{f.path}/results")
    assert "is a draft" in page.text
    assert client.get(f"{f.path}/report.pdf").response.data.startswith(b"%PDF")


def test_nobody_else(database, client):
    f = make_filling()
    submitted(f)
    stranger = make_person("Stranger")
    add_membership(stranger, make_filling().enterprise, Role.ENTERPRISE)
    db.session.commit()
    for file in FILES:
        assert "sign-in" in client.get(f"{f.path}/{file}", status=303).location
    client.sign_in(stranger)
    for file in FILES:
        client.get(f"{f.path}/{file}", status=404)


@pytest.mark.parametrize("query", ["form=book", "words=fr", "words=", "form=page&words=zh%00"])
def test_what_there_is_not_is_not_found(database, client, query):
    f = make_filling()
    submitted(f)
    client.sign_in(f.manager)
    client.get(f"{f.path}/report.pdf?{query}", status=404)


def test_files_have_chinese_names_and_plain_ones_beside(database, client):
    f = make_filling()
    f.enterprise.name_zh = '宁波㛃堃"昇/五金\n厂'
    submitted(f)
    client.sign_in(f.manager)
    for file, plain, words in (("report.pdf", "-page-zh.pdf", "一页 中文.pdf"), ("report.xlsx", "-zh.xlsx", "中文.xlsx")):
        header = client.get(f"/zh/assessment/{f.round.id}/{file}").response.headers["Content-Disposition"]
        assert header.startswith(f'attachment; filename="score-report-m1-no1{plain}"; filename*=UTF-8\'\'')
        assert unquote(header.partition("''")[2]) == f"宁波㛃堃 昇 五金 厂 模块1第1次自评报告 {words}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_blank_questionnaires_are_for_everybody(client, lang):
    page = client.get(f"/{lang}/modules/1")
    links = [link for link in page.links() if "blank.pdf" in link]
    assert len(links) == 3
    for link in links:
        assert client.get(link).response.data.startswith(b"%PDF")
    client.get(f"/{lang}/modules/9/blank.pdf", status=404)


def test_without_a_font_one_sentence_says_what_to_install_and_the_rest_works(database, client, monkeypatch):
    monkeypatch.setattr(typesetting, "_families", lambda: [])
    f = make_filling()
    submitted(f)
    client.sign_in(f.manager)
    page = client.get(f"{f.path}/results")
    assert "install the package fonts-noto-cjk" in page.text
    assert not [link for link in page.links() if ".pdf" in link]
    assert "install the package fonts-noto-cjk" in client.get(f"{f.path}/report.pdf", status=503).text
    assert client.get(f"{f.path}/report.xlsx").response.data.startswith(b"PK")
    assert "install the package" in client.get("/en/modules/1").text


def test_wechat_is_told_to_open_the_browser(database, client):
    f = make_filling()
    submitted(f)
    client.sign_in(f.manager)
    assert "WeChat cannot save files" not in client.get(f"{f.path}/results").text
    assert "WeChat cannot save files" in client.get(f"{f.path}/results", headers={"User-Agent": WECHAT}).text
