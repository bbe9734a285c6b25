"""How does a new demo come alive? The invented people do, at believable times, what real ones would: through the same services."""

from datetime import datetime, time, timedelta
from pathlib import Path

import yaml
from sqlalchemy import insert

from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.accounts.queries import actor_of
from score_web.accounts.services import hasher
from score_web.assessment import questionnaire
from score_web.assessment.models import Answer, AssessmentRound
from score_web.assessment.queries import open_round
from score_web.assessment.services import start_round, submit_round
from score_web.core import clock
from score_web.core.db import db
from score_web.demo.ratings import invented
from score_web.demo.services.bookings import invent_bookings
from score_web.demo.services.devices import invent_devices
from score_web.demo.services.evidence import invent_evidence
from score_web.demo.services.surveys import invent_survey
from score_web.demo.services.together import fill_together
from score_web.demo.services.verifying import invent_verification
from score_web.demo.services.wishes import invent_wishes
from score_web.enrolment.models import Enrolment
from score_web.enrolment.services import (
    approve_enrolment,
    begin_enrolment,
    reject_enrolment,
    return_enrolment,
    save_draft,
    submit_enrolment,
)
from score_web.permissions import Role
from score_web.trainers.certification import Level
from score_web.trainers.models import Certification, TrainerProfile

FILES = Path(__file__).parents[1]
PASSWORD = "score-demo-2026"


def seed() -> None:
    """Fill an empty database; the caller commits. Dates count from today."""
    cast = yaml.safe_load((FILES / "people.yaml").read_text())
    firms = yaml.safe_load((FILES / "companies.yaml").read_text())
    stored = hasher().hash(PASSWORD)
    with _days_ago(400):
        institutions = {row["id"]: _institution(row) for row in cast["institutions"]}
        people = {row["email"]: _staff(row, institutions, stored) for row in cast["staff"]}
        people |= {row["email"]: _trainer(row, institutions, stored) for row in cast["trainers"]}
    for firm in firms:
        people[firm["email"]] = _enterprise(firm, stored)
    for firm in firms:
        _enrol(firm, people[firm["email"]], _decider(people, firm["institution"], cast))
        for module, profile in firm.get("ratings", {}).items():
            _assess(people[firm["email"]], int(module), profile, firm["email"])
        if "together" in firm:
            _fill_together(firm["together"], people[firm["email"]], stored)
    invent_bookings(people)
    invent_verification(people["trainer3@example.com"], people["enterprise4@example.com"])
    invent_devices(people["enterprise@example.com"])
    with _days_ago(3):
        invent_survey(people["enterprise@example.com"])
    with _days_ago(2):
        invent_wishes(people["enterprise@example.com"], people["partner@example.com"])
    db.session.flush()


def _days_ago(days: float):
    """The clock `days` before now, in the morning of a Chinese working day's hours."""
    day = clock.today() - timedelta(days=int(days))
    return clock.at(min(clock.now(), datetime.combine(day, time(9, 20), clock.CHINA)))


def _institution(row: dict) -> Organisation:
    organisation = Organisation(kind="institution", name_zh=row["zh"], name_en=row["en"], scope=row["scope"], contact=row["contact"])
    db.session.add(organisation)
    db.session.flush()
    return organisation


def _person(email: str, name: str, stored: str, phone: str = "") -> Person:
    person = Person(email=email, name=name, phone=phone, language="zh", password_hash=stored, activated_at=clock.now())
    db.session.add(person)
    return person


def _member(person: Person, organisation: Organisation, role: Role, head: bool) -> None:
    db.session.add(MembershipRow(person=person, organisation=organisation, role=role.value, head=head))
    db.session.flush()


def _staff(row: dict, institutions: dict, stored: str) -> Person:
    person = _person(row["email"], row["name"], stored)
    _member(person, institutions[row["institution"]], Role.PARTNER, row.get("head", False))
    return person


def _trainer(row: dict, institutions: dict, stored: str) -> Person:
    person = _person(row["email"], row["name"], stored, row.get("phone", ""))
    _member(person, institutions[row["institution"]], Role.TRAINER, False)
    profile = TrainerProfile(
        person=person,
        institution=institutions[row["institution"]],
        provinces=row["provinces"],
        languages=row.get("languages", "zh"),
        about=row["about"],
    )
    db.session.add(profile)
    db.session.add_all(Certification(trainer=profile, module=m, level=Level(level)) for m, level in row["levels"].items())
    db.session.flush()
    return person


def _enterprise(firm: dict, stored: str) -> Person:
    with _days_ago(firm.get("days_ago", [2])[0] + 1):
        organisation = Organisation(kind="enterprise", name_zh=firm.get("answers", {}).get("name_zh", ""))
        person = _person(firm["email"], firm["person"], stored, firm.get("phone", ""))
        db.session.add(organisation)
        _member(person, organisation, Role.ENTERPRISE, True)
    return person


def _decider(people: dict, institution: str, cast: dict) -> Person:
    return next(people[row["email"]] for row in cast["staff"] if row["institution"] == institution and row.get("head"))


def _enrol(firm: dict, person: Person, decider: Person) -> None:
    if firm["state"] == "none":
        return
    by, judge = actor_of(person), actor_of(decider)
    asked, decided = firm["days_ago"]
    contact = {"contact_name": firm["person"], "contact_job": firm["job"], "contact_phone": firm["phone"]}
    answers = {"explanation": "", "name_en": "", "buyer": ""} | firm["answers"] | contact
    with _days_ago(asked):
        enrolment = begin_enrolment(by.enterprise_id)
        _hand_in(enrolment, answers | firm.get("before", {}), by)
    if firm["state"] == "resubmitted":
        with _days_ago(asked - 4):
            back = firm["returned"]
            return_enrolment(enrolment, by=judge, shown=enrolment.version, reason=back["reason"], remarks=back["fields"])
            db.session.flush()
        with _days_ago(asked - 8):
            _hand_in(enrolment, answers, by)
    with _days_ago(decided):
        if firm["state"] == "approved":
            approve_enrolment(enrolment, by=judge, shown=enrolment.version)
        elif firm["state"] == "rejected":
            reject_enrolment(enrolment, by=judge, shown=enrolment.version, reason=firm["reason"])
        db.session.flush()


def _hand_in(enrolment: Enrolment, answers: dict, by) -> None:
    save_draft(enrolment, typed=answers, shown=enrolment.version)
    submit_enrolment(enrolment, by=by, shown=enrolment.version)
    db.session.flush()


def _assess(person: Person, number: int, profile: dict, seed_word: str) -> None:
    """One self-assessment; `again` in the profile is a later one."""
    by = actor_of(person)
    with _days_ago(profile["days_ago"] + 2):
        round_ = start_round(enterprise_id=by.enterprise_id, module=number, by=by)
        db.session.flush()
    with _days_ago(profile["days_ago"]):
        _answer(round_, profile, seed_word, person)
        invent_evidence(round_, profile.get("evidence", []), by)
        if not profile.get("half"):
            submit_round(round_, by=by)
        db.session.flush()
    if "again" in profile:
        _assess(person, number, profile["again"], seed_word)


def _fill_together(words: dict, first: Person, stored: str) -> None:
    with _days_ago(4):
        enterprise_id = actor_of(first).enterprise_id
        second = _person(words["email"], words["person"], stored)
        _member(second, db.session.get(Organisation, enterprise_id), Role.ENTERPRISE, False)
        fill_together(open_round(enterprise_id, 1), words, first, second)
        db.session.flush()


def _answer(round_: AssessmentRound, profile: dict, seed_word: str, person: Person) -> None:
    ratings = invented(questionnaire.module(round_.module, round_.edition), profile["levels"], seed_word, half=profile.get("half", False))
    ratings |= profile.get("fixed", {})
    noted = list(ratings)[5:6] if profile.get("note") else []
    db.session.execute(db.delete(Answer).where(Answer.round_id == round_.id))
    db.session.execute(
        insert(Answer),
        [
            {
                "round_id": round_.id,
                "statement": statement,
                "value": value,
                "note": profile["note"] if statement in noted else "",
                "not_applicable": False,
                "reason": "",
                "version": 1,
                "changed_by_id": person.id,
                "changed_at": clock.now(),
            }
            for statement, value in ratings.items()
        ],
    )
