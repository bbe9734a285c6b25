"""The partner's list: order, ageing, tabs, filters, search, pages, and the same number of queries however long it is."""

from datetime import UTC, datetime, timedelta

import pytest

from score_web.core import clock
from score_web.core.db import db
from score_web.enrolment import queries
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import listing
from score_web.enrolment.queries.listing import Filter
from score_web.enrolment.states import EnrolmentState
from tests.asked import asked
from tests.factories import actor_of, make_enterprise, make_institution

S = EnrolmentState
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def rows(number: int, institution, **columns) -> list[int]:
    """Submitted an hour apart, oldest first."""
    made = []
    for n in range(number):
        enterprise, _ = make_enterprise(
            f"第{n}厂",
            state=columns.get("state", S.SUBMITTED),
            institution=institution,
            **{k: v for k, v in columns.items() if k != "state"},
        )
        enrolment = queries.enrolment_of(enterprise.id)
        enrolment.submitted_at = enrolment.decided_at = START + timedelta(hours=n)
        made.append(enrolment.id)
    db.session.commit()
    return made


def found(partner, **wanted) -> list[int]:
    return [one.id for one, _ in listing.queue(actor_of(partner), Filter(**wanted), 50, 500).rows]


@pytest.mark.both_engines
def test_oldest_first_and_in_pages_of_fifty(database):
    institution, partner = make_institution()
    made = rows(103, institution)
    pages = [listing.queue(actor_of(partner), Filter(), 50, 500)]
    while pages[-1].after and len(pages) < 4:
        pages.append(listing.queue(actor_of(partner), Filter(page=pages[-1].after), 50, 500))
    assert [[one.id for one, _ in page.rows] for page in pages] == [made[:50], made[50:100], made[100:]]
    back = listing.queue(actor_of(partner), Filter(page=pages[2].before), 50, 500)
    assert (back, pages[0].before) == (pages[1], "")
    assert listing.queue(actor_of(partner), Filter(page=back.before), 50, 500) == pages[0]


@pytest.mark.both_engines
def test_search_filters_and_tabs(database):
    institution, partner = make_institution()
    toy = rows(1, institution, sector="C24", name_zh="宁波知渔示范玩具有限公司", name_en="Zhiyu 100%_Toys")[0]
    big = rows(1, institution, sector="C33", name_zh="慈溪明川五金厂", women=300, men=300, managers=10, workers=590)[0]
    bad = rows(1, institution, sector="C33", name_zh="余姚机械厂", code="91350211M0000XUF46", code_overridden=True)[0]
    back = rows(1, institution, state=S.RETURNED)[0]
    done = rows(2, institution, state=S.REJECTED)
    assert found(partner) == [toy, big, bad]
    for words in ("知渔", "知", "zhiyu", "ｚｈｉ", "TOYS", "100%_t", "玩具 zhiyu", "示范玩具有限公司"):
        assert found(partner, search=words) == [toy], words
    assert found(partner, search="%%") == found(partner, search="__") == found(partner, search="渔知") == []
    assert found(partner, search="xuf46") == found(partner, search="91350211m") == found(partner, flag="code") == [bad]
    assert found(partner, flag="size") == [big]
    assert found(partner, sector="C33") == [big, bad]
    assert found(partner, flag="again") == []
    assert found(partner, tab="enterprise") == [back]
    assert found(partner, tab="decided") == done[::-1]
    assert listing.counts(actor_of(partner)) == {"decide": 3, "enterprise": 1, "decided": 2}


def test_others_in_the_area_only_on_demand(database):
    institution, _ = make_institution(scope="3302")
    _, province = make_institution(scope="33")
    made = rows(2, institution)
    assert (found(province), found(province, area="all")) == ([], made)


@pytest.mark.parametrize(
    ("arrived", "today", "days"),
    [
        (datetime(2026, 11, 20, 2, tzinfo=UTC), "2026-11-20", 0),
        (datetime(2026, 11, 20, 2, tzinfo=UTC), "2026-11-23", 1),
        (datetime(2026, 11, 21, 2, tzinfo=UTC), "2026-11-22", 0),
        (datetime(2026, 11, 21, 2, tzinfo=UTC), "2026-11-23", 1),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), "2026-10-09", 2),
        (datetime(2026, 11, 19, 17, tzinfo=UTC), "2026-11-20", 0),
    ],
)
def test_working_days_waited(monkeypatch, arrived, today, days):
    monkeypatch.setattr(clock, "today", lambda: datetime.fromisoformat(today).date())
    assert queries.days_waited(arrived) == days


def test_never_arrived():
    assert queries.days_waited(None) == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page(database, client, lang):
    institution, partner = make_institution()
    make_institution(scope="all")
    rows(3, institution)
    client.sign_in(partner)
    page = client.get(f"/{lang}/enrolment/queue")
    assert len(page.find_all("th", scope="row")) == 3
    assert len(page.find_all("section", class_="next")) == 1
    assert len(client.get(f"/{lang}/enrolment/queue?search=第1").find_all("th", scope="row")) == 1
    for query in ("tab=decided", "tab=enterprise&area=all", "search=没有这家", "flag=size&sector=C38"):
        assert client.get(f"/{lang}/enrolment/queue?{query}").find_all("th", scope="row") == []


@pytest.mark.parametrize(
    "query",
    [
        "page=x",
        "page=WyI-IiwgIjIwMjYiLCA5OTk5OTk5OTk5OTk5OTk5OTk5OTldCg",
        "page=WyI-IiwgIjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDAiLCAxXQ",
        "page=W1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tb",
        "tab=nonsense",
        "flag=%00",
        "search=%00%00",
        "sector=%F0%9F%98%80",
    ],
)
def test_any_address_is_answered(database, client, query):
    institution, partner = make_institution()
    rows(1, institution)
    client.sign_in(partner).get(f"/en/enrolment/queue?{query}")


@pytest.mark.parametrize("query", ["", "?area=all"])
def test_as_many_queries_for_thirty_rows_as_for_one(database, client, query):
    institution, partner = make_institution()
    rows(1, institution)
    client.sign_in(partner)
    numbers = []
    for more in (0, 29):
        rows(more, institution)
        with asked(db.engine) as statements:
            page = client.get(f"/en/enrolment/queue{query}")
        numbers.append((len(statements), len(page.find_all("th", scope="row"))))
        db.session.query(Enrolment).count()
    assert [shown for _, shown in numbers] == [1, 30]
    assert numbers[0][0] == numbers[1][0]


def test_nobody_waits(database, client):
    page = client.sign_in(make_institution()[1]).get("/en/enrolment/queue")
    assert "All decided" in page.text


def test_only_partners_have_a_queue(database, client):
    client.sign_in(make_enterprise(state=None)[1]).get("/en/enrolment/queue", status=403)
