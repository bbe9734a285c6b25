"""The pages of evidence: adding without a script, errors beside the field in the reader's language, who may look, how files leave."""

from datetime import timedelta
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from score_web.accounts.models import Mandate
from score_web.assessment import services
from score_web.assessment.answering import Reply
from score_web.assessment.models import Evidence
from score_web.assessment.queries.evidence import evidence_of
from score_web.assessment.views import evidence as pages
from score_web.core import clock, uploads
from score_web.core.db import db
from tests.asked import asked
from tests.assessment.filling import answer_all, form_of, replies, submitted
from tests.assessment.proofs import office, pdf, photo, program
from tests.client import Client
from tests.factories import make_enterprise, make_institution, make_trainer
from tests.screen import PHONE, at_screen, axe_findings, overflow, sign_in


def upload(client, f, content: bytes | None, name: str = "车间.jpg", *, status: int = 303, lang: str = "en", field: str = "file", **typed):
    client.get(f"{f.path}/evidence/M1-B1", status=None)
    data = {"made_on": "", "caption": "", "csrf_token": client.token} | typed
    if content is not None:
        data[field] = FileStorage(BytesIO(content), name)
    mark, body = encode_multipart(data)
    path = f"/{lang}/assessment/{f.round.id}/evidence/M1-B1"
    return client._send("post", path, status, data=body, content_type=f"multipart/form-data; boundary={mark}")


def stored(f) -> list:
    db.session.rollback()
    return evidence_of(f.round.id).get("M1-B1", [])


def test_the_theme_page_leads_there_without_losing_what_was_typed(f, mine):
    form = form_of(mine.get(f"{f.path}/B")) | {"M1-B1": "2", "M1-B2": "na", "go": "M1-B1"}
    page = mine.follow(mine.post(f"{f.path}/B", form))
    assert page.h1 == "Evidence for M1-B1"
    assert replies(f.round)["M1-B1"] == Reply("2")
    page = mine.follow(upload(mine, f, photo(), caption="班前会"))
    assert "Stored. Add another one" in page.text
    assert "班前会" in page.text
    assert "5 March 2026" in page.text
    assert f"{f.path}/B#M1-B1" in page.links()
    [piece] = stored(f)
    theme = mine.get(f"{f.path}/B")
    assert f"/en/assessment/evidence/{piece.id}/file" in theme.links()
    assert [img.get("src") for img in theme.find_all("img")] == [f"/en/assessment/evidence/{piece.id}/preview"]
    assert "Add or remove evidence" in theme.text


@pytest.mark.parametrize("go", ["M1-A1", "M9-Z9", "../../x", ""])
def test_the_theme_page_leads_nowhere_else(f, mine, go):
    page = mine.post(f"{f.path}/B", form_of(mine.get(f"{f.path}/B")) | {"go": go})
    assert page.location == f"{f.path}/C"


def test_it_is_removed_again_by_a_button_while_open(f, mine):
    upload(mine, f, photo())
    [piece] = stored(f)
    assert "Removed." in mine.follow(mine.post(f"/en/assessment/evidence/{piece.id}/remove")).text
    assert stored(f) == []
    mine.get(f"/en/assessment/evidence/{piece.id}/file", status=404)
    upload(mine, f, photo())
    [piece] = stored(f)
    submitted(f)
    assert "stays as it is" in mine.follow(mine.post(f"/en/assessment/evidence/{piece.id}/remove")).text
    assert len(stored(f)) == 1
    assert mine.get(f"{f.path}/evidence/M1-B1", status=302).location == f"{f.path}/results#evidence"


@pytest.mark.parametrize(("lang", "sentence"), [("en", "this is something else, whatever its name says"), ("zh", "这是别的文件")])
def test_a_wrong_file_is_told_beside_its_field_and_what_was_typed_stays(f, mine, lang, sentence):
    page = upload(mine, f, program(), "photo.jpg", status=200, lang=lang, caption="什么也没丢", made_on="2026-01-02")
    assert sentence in " ".join(page.errors)
    assert (page.value("caption"), page.value("made_on")) == ("什么也没丢", "2026-01-02")
    assert stored(f) == []


def test_too_large_too_empty_or_nothing_at_all(f, mine, monkeypatch):
    assert "larger than 10 MB" in upload(mine, f, b"\xff\xd8\xff" + b"\0" * (11 * 1024**2), status=200).errors[0]
    assert "Please choose a file" in upload(mine, f, None, status=200).errors[0]
    assert "empty" in upload(mine, f, b"", status=200).errors[0]
    monkeypatch.setattr(pages, "MOST_SENT", 1024**2)
    upload(mine, f, photo() + b"\0" * 1024**2, status=413)
    mine.post(f"{f.path}/B", {"note": "x" * (3 * 1024**2)}, status=413)
    assert stored(f) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the half that had come is let go of by Werkzeug
def test_a_line_that_breaks_in_mid_upload_leaves_nothing(f, mine):
    mark, body = encode_multipart({"csrf_token": mine.token or "", "file": FileStorage(BytesIO(photo()), "a.jpg"), "made_on": ""})
    path, length = f"{f.path}/evidence/M1-B1", {"Content-Length": str(len(body))}
    answer = mine.http.post(path, data=body[: len(body) // 2], headers=length, content_type=f"multipart/form-data; boundary={mark}")
    assert answer.status_code == 400
    assert stored(f) == []
    assert list(uploads.folder().stored()) == []


def test_signed_out_meanwhile_the_words_come_along_and_the_file_is_asked_for_again(app, f):
    page = upload(Client(app), f, photo(), status=401, caption="班前会")
    assert "Files must be chosen again." in page.text
    assert stored(f) == []


@pytest.mark.parametrize(
    ("typed", "error"), [("2999-01-01", "cannot be in the future"), ("0003-05-01", "check the year"), ("soon", "valid date")]
)
def test_dates_that_cannot_be(f, mine, typed, error):
    assert error in upload(mine, f, photo(), status=200, made_on=typed).errors[0]


def test_the_date_is_typed_or_told_by_the_photo_or_it_is_asked_for(f, mine):
    upload(mine, f, photo(), made_on="2026-02-01")
    upload(mine, f, photo(colour="red", taken="2999:01:01 00:00:00"), field="camera")
    assert "does not say when it was made" in upload(mine, f, pdf(), "制度.pdf", status=200).errors[0]
    upload(mine, f, pdf(), "制度.pdf", made_on=clock.today().isoformat())
    assert [piece.made_on.isoformat() for piece in stored(f)] == ["2026-02-01", clock.today().isoformat(), clock.today().isoformat()]


def test_pressed_twice_it_is_there_once(f, mine):
    for _again in range(2):
        upload(mine, f, photo())
    assert len(stored(f)) == 1


def test_only_statements_that_accept_evidence_have_the_page(f, mine):
    without = next(s.id for s in services.filling.questionnaire.module(1).statements if not s.evidence)
    mine.get(f"{f.path}/evidence/{without}", status=404)
    mine.get(f"{f.path}/evidence/M1-Z9", status=404)


def test_files_leave_privately_under_their_own_names(f, mine):
    upload(mine, f, photo(), "车间 1号线.jpg")
    upload(mine, f, office(), "制度.docx", made_on="2026-01-02")
    shown, kept = (f"/en/assessment/evidence/{piece.id}" for piece in stored(f))
    for path, kind, name in (
        (f"{shown}/file", "inline", "%E8%BD%A6%E9%97%B4%201%E5%8F%B7%E7%BA%BF.jpg"),
        (f"{shown}/preview", "inline", ".jpg"),
        (f"{kept}/file", "attachment", "%E5%88%B6%E5%BA%A6.docx"),
        (f"{f.path}/evidence.zip", "attachment", ".zip"),
    ):
        headers = mine.get(path).response.headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"].startswith(kind)
        assert name in headers["Content-Disposition"].partition("filename")[2]
    assert mine.get(f"{shown}/file").response.mimetype == "image/jpeg"
    mine.get(f"{kept}/preview", status=404)


def test_who_may_look_before_and_after_submission(app, f, mine):
    """The enterprise always; its own partner and the trainer who comes once it is submitted; nobody else ever."""
    upload(mine, f, photo())
    _, other_partner = make_institution(scope="50")
    _, rival = make_enterprise(institution=f.institution)
    (_, coming), (_, other_trainer) = make_trainer(f.institution), make_trainer(f.institution)
    db.session.add(
        Mandate(
            enterprise_id=f.enterprise.id,
            person_id=coming.id,
            because="booking:1",
            starts_at=clock.now(),
            ends_at=clock.now() + timedelta(days=9),
        )
    )
    db.session.commit()
    clients = {
        person: Client(app).sign_in(person.email) for person in (f.colleague, f.partner, coming, rival, other_partner, other_trainer)
    }
    nobody = Client(app)
    piece = stored(f)[0].id
    paths = [f"/en/assessment/evidence/{piece}/file", f"/en/assessment/evidence/{piece}/preview", f"{f.path}/evidence.zip"]

    def seen_by() -> set:
        db.session.rollback()
        answers = {person: {client.get(path, status=None).status for path in paths} for person, client in clients.items()}
        assert all(len(found) == 1 and found <= {200, 404} for found in answers.values()), answers
        assert {nobody.get(path, status=None).status for path in paths} <= {302, 303, 401}
        return {person for person, found in answers.items() if found == {200}}

    assert seen_by() == {f.colleague}
    submitted(f)
    assert seen_by() == {f.colleague, f.partner, coming}
    for person in (f.partner, coming, rival):
        clients[person].post(f"/en/assessment/evidence/{piece}/remove", status=404)
        upload(clients[person], f, pdf(), status=404)
    services.reopen_round(f.round, by=f.actor, reason="again")
    db.session.commit()
    assert seen_by() == {f.colleague}


def test_results_show_evidence_and_where_the_earlier_one_is(app, f, mine):
    upload(mine, f, photo(), caption="班前会")
    first = submitted(f).id
    page = mine.get(f"{f.path}/results")
    assert "班前会" in page.text
    assert f"{f.path}/evidence.zip" in page.links()
    assert f.manager.name in page.text
    partner = Client(app).sign_in(f.partner).get(f"{f.path}/results").text
    assert "班前会" in partner
    second = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    answer_all(second, f.actor)
    services.submit_round(second, by=f.actor)
    page = mine.get(f"/en/assessment/{second.id}/results")
    assert f"/en/assessment/{first}/results#evidence" in page.links()
    assert "1 piece of evidence with self-assessment no. 1" in page.text
    assert "evidence.zip" not in " ".join(page.links())


def test_a_theme_page_asks_at_most_five_questions_however_much_evidence_there_is(f, mine):
    for n in range(10):
        db.session.add(
            Evidence(
                round=f.round,
                statement="M1-B1",
                kind="photo",
                name=f"{n}.jpg",
                made_on=clock.today(),
                media_type="image/jpeg",
                size=1,
                sha256=str(n) * 64,
                file_key=str(n) * 32,
                thumbnail_key="a" * 31 + str(n),
            )
        )
    db.session.commit()
    mine.get(f"{f.path}/B")
    with asked(db.engine) as statements:
        page = mine.get(f"{f.path}/B")
    assert len(statements) <= 5, statements
    assert len(page.find_all("img")) == 10
    assert "the most a statement can have" in mine.get(f"{f.path}/evidence/M1-B1").text


def test_on_a_phone_a_photo_is_added_to_a_statement(f, live, browser, tmp_path):
    picture = tmp_path / "班前会.jpg"
    picture.write_bytes(photo((3000, 2000), orientation=6, gps=True))
    with at_screen(browser, live, PHONE) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/B")
        page.locator("#M1-B1 .choice", has_text="Mostly in place").click()
        page.locator("#M1-B3 .choice", has_text="Started").click()
        page.get_by_role("button", name="Add photo or document M1-B1").click()
        page.get_by_label("Choose a photo or document").set_input_files(picture)
        page.get_by_label("What it shows").fill("Morning meeting")
        page.get_by_role("button", name="Store").click()
        page.get_by_text("Stored. Add another one").wait_for()
        assert page.locator(".proofs img").evaluate("img => [img.naturalWidth, img.naturalHeight]") == [160, 240]
        assert overflow(page) <= 0
        assert axe_findings(page) == []
        page.get_by_role("link", name="Back to statement M1-B1").click()
        page.wait_for_url(f"**{f.path}/B#M1-B1")
        assert page.locator("#M1-B1 input:checked").get_attribute("value") == "2"
        assert page.locator("#M1-B1 .thumb img").count() == 1
        assert axe_findings(page) == []
    assert replies(f.round)["M1-B1"] == Reply("2")
    assert [piece.caption for piece in stored(f)] == ["Morning meeting"]
