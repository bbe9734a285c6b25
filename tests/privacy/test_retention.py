"""Does everything with somebody's data have its period, and does the job do just what the table says?"""

from datetime import timedelta

import pytest
from sqlalchemy import JSON, Enum, String

from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.accounts.services import forgetting
from score_web.assessment.services import guest
from score_web.core import audit, clock
from score_web.core.db import Base, db
from score_web.core.mail import Message
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from score_web.pages import documents
from score_web.privacy import services
from score_web.privacy.models import DataRequest, Receipt
from score_web.privacy.retention import BY_NAME, PROMISED, RULES, Outcome
from score_web.privacy.sharing import Shared
from tests.factories import actor_of, make_enterprise, make_institution, make_person
from tests.privacy.exempt import EXEMPT

LONG_AGO = timedelta(days=3000)


def text_columns() -> set[str]:
    """Every column in which a word of somebody could stand."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, String | JSON) and not isinstance(column.type, Enum)
    }


def test_every_text_column_has_its_period_or_a_reason_why_not(app):
    ruled = {field for rule in RULES for field in rule.fields}
    assert text_columns() - ruled - set(EXEMPT) == set()
    assert (ruled | set(EXEMPT)) - text_columns() == set(), "columns that are gone"
    assert ruled & set(EXEMPT) == set()
    assert all(EXEMPT.values())


def test_what_others_carry_out_they_carry_out_after_the_same_time():
    assert BY_NAME["link"].period.length == timedelta(days=forgetting.LINK_DAYS)
    assert BY_NAME["sign_in"].period.length == timedelta(days=forgetting.SIGN_IN_DAYS)
    assert BY_NAME["trial"].period.length == guest.DAY


def test_the_notice_takes_its_numbers_from_the_table(app):
    assert {name.lower() for name in PROMISED} <= documents.VALUES
    assert {name: app.config[name] for name in PROMISED} == PROMISED
    text = (documents.FOLDER / "privacy.yaml").read_text("utf-8")
    assert all(f"{{{name.lower()}}}" in text for name in PROMISED)


def old_things() -> None:
    """One row for each rule, long ago, and one that is still needed."""
    institution, partner = make_institution()
    live, head = make_enterprise(institution=institution)
    gone, _ = make_enterprise(institution=institution, state=EnrolmentState.REJECTED)
    empty, _ = make_enterprise(state=EnrolmentState.DRAFT)
    empty.closed_at = clock.now()
    db.session.scalar(db.select(Enrolment).filter_by(enterprise_id=empty.id)).submitted_at = None
    enrolment = db.session.scalar(db.select(Enrolment).filter_by(enterprise_id=gone.id))
    enrolment.decided_at = clock.now()
    db.session.add(Person(email="never@example.com"))
    texts = {"subject_zh": "旧", "subject_en": "Old", "body_zh": "旧", "body_en": "old", "language": "zh"}
    db.session.add_all(
        [
            Message(person_id=head.id, address=head.email, **texts),
            Message(address=head.email, private=True, **texts),
            DataRequest(person_id=head.id, institution_id=institution.id, text="old", answer="old", answered_at=clock.now()),
            Receipt(
                enterprise_id=live.id, person_id=partner.id, what=Shared.RESULTS, record_id=1, because="institution:1", day=clock.today()
            ),
        ]
    )
    audit.record("enrolment.reject", enrolment, by=actor_of(partner), reason="old reason")
    db.session.commit()


@pytest.mark.both_engines
def test_the_job_touches_what_is_old_and_nothing_else(database):
    with clock.at(clock.now() - LONG_AGO):
        old_things()
    counts = {rule.name: services.count_due(rule) for rule in services.OURS}
    assert counts == {
        "unconfirmed": 1,
        "enterprise": 1,
        "draft": 1,
        "booking": 0,
        "day_off": 0,
        "history": 1,
        "inbox": 2,
        "one_time_mail": 1,
        "request": 1,
        "receipt": 1,
    }
    for rule in services.OURS:
        services.apply(rule)
    db.session.commit()
    assert {rule.name: services.count_due(rule) for rule in services.OURS} == dict.fromkeys(counts, 0)
    states = dict(db.session.execute(db.select(Enrolment.enterprise_id, Enrolment.name_zh)).all())
    assert sorted(name == "已删除的企业" for name in states.values()) == [False, True, True]


def test_nothing_is_old_today(database):
    old_things()
    assert {rule.name: services.count_due(rule) for rule in services.OURS if services.count_due(rule)} == {}


def test_whoever_takes_part_is_never_touched(database):
    with clock.at(clock.now() - LONG_AGO):
        institution, _ = make_institution()
        for state in (EnrolmentState.APPROVED, EnrolmentState.SUBMITTED, EnrolmentState.RETURNED, EnrolmentState.DRAFT):
            make_enterprise(state=state, institution=institution)
        make_person()
        db.session.commit()
    for rule in services.OURS:
        assert services.count_due(rule) == 0, rule.name
    assert db.session.query(MembershipRow).filter_by(until=None).count() == 5
    assert db.session.query(Organisation).filter(Organisation.closed_at.is_not(None)).count() == 0


def test_the_dry_run_prints_and_changes_nothing(app, database):
    with clock.at(clock.now() - LONG_AGO):
        old_things()
    run = app.test_cli_runner()
    printed = run.invoke(args=["privacy", "retention", "--dry-run"]).output
    assert "2  inbox" in printed
    assert db.session.query(Message).count() == 2
    db.session.rollback()
    assert "2  inbox" in run.invoke(args=["privacy", "retention"]).output
    db.session.expire_all()
    assert db.session.query(Message).count() == 0
    assert "0  inbox" in run.invoke(args=["privacy", "retention", "--dry-run"]).output


def test_the_page_shows_the_table_in_both_languages(client):
    for lang, words in (("en", ["5 years", "6 months", "made anonymous"]), ("zh", ["5年", "6个月", "匿名化"])):
        page = client.get(f"/{lang}/privacy/periods")
        assert all(word in page.text for word in words)
        assert len(page.find_all("tr")) == len(RULES) + 1


def test_only_this_job_has_clocks():
    for rule in RULES:
        special = rule.name in ("unconfirmed", "enterprise", "draft")
        assert bool(rule.clock) == (rule.by == "privacy" and not special), rule.name
        assert rule.outcome in Outcome
