"""Is everybody asked again once a document has changed, and only then?"""

from score_web.accounts.consents import DOCUMENTS, outdated
from score_web.accounts.models import Consent
from tests.factories import make_enterprise

TODAY = set(DOCUMENTS.items())


def test_only_a_newer_version_asks_again():
    assert outdated(TODAY) == []
    assert outdated({("privacy", "2020-01-01"), ("terms", DOCUMENTS["terms"])}) == ["privacy"]
    assert outdated(TODAY | {("privacy", "2020-01-01")}) == []


def test_who_agreed_to_an_older_version_agrees_again_once(client, database):
    _, person = make_enterprise()
    database.session.add_all([Consent(person_id=person.id, document=document, version="2020-01-01") for document in DOCUMENTS])
    page = client.sign_in(person).get("/en/dashboard")
    assert "have changed: please look at them and agree again" in page.text
    assert "/en/accounts/agree" in page.links()
    assert client.post("/en/accounts/agree", {}, status=200).errors
    for _press in range(2):
        client.post("/en/accounts/agree", {"agreed": "y"})
    rows = database.session.query(Consent.document, Consent.version).filter_by(person_id=person.id)
    assert sorted(map(tuple, rows)) == sorted([*TODAY, *((document, "2020-01-01") for document in DOCUMENTS)])
    assert "have changed" not in client.get("/en/dashboard").text
