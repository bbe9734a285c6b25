"""Can everybody read the public pages, in both languages, and what do they see when something goes wrong?"""

import pytest

from score_web.accounts.models import Organisation

TEXTS = ["privacy", "terms", "help", "accessibility", "who-can-see"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["", *TEXTS, "contact"])
def test_everybody_reads_the_public_pages(client, lang, path):
    assert "{" not in client.get(f"/{lang}/{path}").text


def test_the_operator_of_the_settings_is_named(client, app):
    assert app.config["OPERATOR_ZH"] in client.get("/zh/privacy").text
    assert app.config["OPERATOR_EN"] in client.get("/en/terms").text


def test_the_language_switch_keeps_page_and_query(client):
    page = client.get("/zh/help?from=mail")
    assert "/en/help?from=mail" in page.links()


def test_contact_lists_institutions_with_their_area(client, database):
    database.session.add_all([
        Organisation(kind="institution", name_zh="甲机构", name_en="", scope="3302", contact="0574-00000000"),
        Organisation(kind="institution", name_zh="乙机构", name_en="B Institution", scope="all"),
    ])
    page = client.get("/en/contact")
    first, second = (page.text_of(li) for li in page.find_all("ul", class_="checks")[0])
    assert all(words in first for words in ("甲机构", "Serves: Ningbo, Zhejiang", "0574-00000000"))
    assert all(words in second for words in ("B Institution", "Serves: the whole country"))


def test_contact_says_so_when_there_is_no_institution(client):
    assert "还没有合作机构加入" in client.get("/zh/contact").text


@pytest.mark.parametrize(("path", "lang", "h1"), [("/zh/nothing", "zh", "找不到这个页面"), ("/en/nothing", "en", "Page not found")])
def test_an_unknown_address_answers_in_its_language(client, path, lang, h1):
    assert client.get(path, status=404).h1 == h1


def test_an_address_without_a_language_follows_the_browser(client):
    page = client.get("/nothing", status=404, headers={"Accept-Language": "en"})
    assert page.h1 == "Page not found"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 413, 429, 500, 503, 418, 502])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_error_has_words_in_both_languages(app, lang, code):
    with app.test_request_context(f"/{lang}/"):
        app.preprocess_request()
        page = app.jinja_env.get_template("errors/page.html")
        context = {}
        app.update_template_context(context)
        html = page.render(context | {"code": code})
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in html
    assert html.count("<h1>") == 1


def test_a_crash_is_told_in_words_even_when_nobody_can_be_looked_up(client, app, monkeypatch):
    def down(_key):
        raise OSError("the database does not answer")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(app.login_manager, "_user_callback", down)
    with client.http.session_transaction() as session:
        session["_user_id"] = "a-key"
    assert client.get("/zh/contact", status=500).h1 == "系统出了问题"
