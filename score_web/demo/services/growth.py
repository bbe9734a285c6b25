"""How does a demo become as large as the programme may grow? By invented rows, written past the services to be quick."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy import func, select, text

from score_web.accounts.consents import DOCUMENTS
from score_web.accounts.services import hasher
from score_web.assessment import questionnaire
from score_web.core import clock, rollups
from score_web.core.db import Base, db
from score_web.demo.inventing import BIG, Firm, firms, person, provinces
from score_web.demo.services.loading import have_settled, insert_many, insert_rows, sorted_first, without_indexes

PASSWORD = "score-demo-2026"
BATCH = 5000
LOADED = (
    "organisation",
    "person",
    "membership",
    "enrolment",
    "enrolment_version",
    "assessment_round",
    "answer",
    "lens_value",
    "booking",
    "day_claim",
    "trainer_profile",
    "certification",
    *("message", "consent", "data_request", "erasure"),
    *(r.model.__tablename__ for r in rollups.ROLLUPS.values()),
)
OUTCOMES = (("completed", 55), ("declined", 12), ("cancelled", 13), ("lapsed", 10), ("accepted", 6), ("requested", 4))


class Growth:
    """Rows by table, with ids counted on from those that are there."""

    def __init__(self, enterprises: int, seed: int):
        self.number, self.chance, self.now = enterprises, Random(seed), clock.now()
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.ids = {
            name: db.session.scalar(select(func.coalesce(func.max(table.c.id), 0)))
            for name, table in Base.metadata.tables.items()
            if name in LOADED and "id" in table.c
        }
        self.before = dict(self.ids)
        self.stored, self.firms = hasher().hash(PASSWORD), firms(enterprises, seed)
        self.institutions: dict[str, int] = {}
        self.partners: dict[int, int] = {}
        self.trainers: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.days: dict[int, int] = defaultdict(int)

    def add(self, table: str, **row) -> int:
        if table in self.ids:
            self.ids[table] += 1
            row["id"] = self.ids[table]
        self.rows[table].append(row)
        return row.get("id", 0)

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days, seconds=self.chance.randint(0, 80000))

    def person(self, email: str, name: str, organisation: int, role: str) -> int:
        made = self.add(
            "person",
            email=email,
            name=name,
            phone="",
            language="zh",
            password_hash=self.stored,
            created_at=self.ago(1001),
            activated_at=self.ago(1000),
            suspended_because="",
            version=1,
        )
        self.add("membership", person_id=made, organisation_id=organisation, role=role, head=True, since=self.ago(1000))
        return made

    def organisation(self, kind: str, zh: str, en: str, **columns) -> int:
        row = {"scope": "", "contact": "", "division_code": "", "institution_id": None} | columns
        return self.add("organisation", kind=kind, name_zh=zh, name_en=en, created_at=self.ago(1001), **row)

    def staff(self) -> None:
        """An institution with one partner for each province; trainers by the weight of the province."""
        each = self.number // 50 / 1000
        for code, weight in provinces().items():
            made = self.organisation("institution", f"{code}省级示范服务中心", f"Service Centre {code}", scope=code)
            self.institutions[code] = made
            partner = self.partners[made] = self.person(f"grown-{code}@example.com", f"伙伴{code}", made, "partner")
            for document, version in DOCUMENTS.items():
                self.add("consent", person_id=partner, document=document, version=version, given=True, at=self.now)
            for _ in range(max(1, round(each * weight))):
                self.trainer(code, made)

    def trainer(self, code: str, institution: int) -> None:
        who = self.person(f"trainer{self.ids['person']}@grown.example", person(self.chance), institution, "trainer")
        profile = self.add(
            "trainer_profile",
            person_id=who,
            institution_id=institution,
            provinces=f"{code}0000",
            languages="zh",
            weekdays="1,2,3,4,5",
            about="",
            version=1,
        )
        for module in range(1, 6):
            if self.chance.random() < (0.9 if module == 1 else 0.4):
                level = self.chance.choices(("candidate", "certified", "expert"), (2, 6, 2))[0]
                self.add("certification", trainer_id=profile, module=module, level=level, granted_at=self.ago(900))
        self.trainers[code].append((who, profile))

    def enterprise(self, firm: Firm) -> None:
        none = firm.state in ("none", "draft")
        institution = None if none else self.institutions[firm.division[:2]]
        made = self.organisation(
            "enterprise", firm.name_zh, firm.name_en, division_code="" if none else firm.division, institution_id=institution
        )
        who = self.person(f"firm{made}@grown.example", firm.person, made, "enterprise")
        if firm.state != "none":
            self.enrol(firm, made, who, institution)
        if firm.state == "approved":
            for number in range(firm.rounds):
                self.round(firm, made, who, *((1, 1), (1, 2), (self.chance.randint(2, 5), 1))[number], last=number + 1 == firm.rounds)
            if firm.rounds and self.chance.random() < 0.5:
                self.booking(firm, made, who, institution)
            self.wishes(made, who, institution)

    def wishes(self, made: int, who: int, institution: int) -> None:
        """What few ask for: the institution looks at it."""
        since = {"version": 1, "asked_at": self.ago(5)}
        if self.chance.random() < 0.002:
            since |= {"text": "请更正。", "answer": "", "answered_at": None, "answered_by_id": None}
            self.add("data_request", person_id=who, institution_id=institution, state="open", **since)
        elif self.chance.random() < 0.001:
            since |= {"due_on": clock.today() + timedelta(days=25), "ended_at": None}
            self.add("erasure", person_id=None, organisation_id=made, asked_by_id=who, state="asked", **since)

    def enrol(self, firm: Firm, made: int, who: int, institution: int | None) -> None:
        women = firm.employees // 2
        facts = {"name_zh": firm.name_zh, "name_en": firm.name_en, "code": firm.code, "sector": firm.sector, "division_code": firm.division}
        sent = self.ago(firm.days_ago) if institution else None
        decided = sent + timedelta(days=self.chance.randint(0, 20)) if sent and firm.state != "submitted" else None
        own = self.add(
            "enrolment",
            enterprise_id=made,
            institution_id=institution,
            state=firm.state,
            version=2,
            answers=facts,
            created_at=self.ago(1000),
            saved_at=sent,
            submitted_at=sent,
            decided_at=decided,
            returned_fields={},
            approved_before=firm.state == "approved",
            code_overridden=self.chance.random() < 0.02,
            women=women,
            men=firm.employees - women,
            managers=firm.employees // 10,
            workers=firm.employees - firm.employees // 10,
            casual=0,
            modules="1",
            **facts,
        )
        if sent:
            for number in range(1, 3 if self.chance.random() < 0.08 else 2):
                self.add("enrolment_version", enrolment_id=own, number=number, at=sent, by_id=who, answers=facts)
            self.message(who, made, "/dashboard")
            self.message(self.partners[institution], made, f"/enrolment/{own}")

    def message(self, who: int, made: int, path: str) -> None:
        self.add(
            "message",
            person_id=who,
            address=f"{made}@grown.example",
            language="zh",
            subject_zh="报名进展",
            subject_en="Your enrolment",
            body_zh="请登录查看。",
            body_en="Please sign in.",
            path=path,
            private=False,
            created_at=self.ago(1),
            read_at=None if self.chance.random() < 0.02 else self.now,
            sent_at=self.now,
            tries=1,
        )

    def round(self, firm: Firm, made: int, who: int, module: int, number: int, *, last: bool) -> None:
        unfinished = last and self.chance.random() < 0.08
        at, found = self.ago(firm.days_ago * 0.8 / number), questionnaire.module(module)
        own = self.add(
            "assessment_round",
            enterprise_id=made,
            module=module,
            number=number,
            edition=questionnaire.latest_edition(module),
            state="open" if unfinished else "submitted",
            version=2,
            started_at=at,
            started_by_id=who,
            submitted_at=None if unfinished else at,
            first_submitted_at=None if unfinished else at,
        )
        level = self.chance.gauss(1.3 + 0.3 * number, 0.5)
        for statement in found.statements:
            value = max(0, min(3, round(self.chance.gauss(level, 0.7))))
            self.add(
                "answer",
                round_id=own,
                statement=statement.id,
                value=value,
                not_applicable=False,
                reason="",
                note="",
                discuss=False,
                version=1,
                changed_by_id=who,
                changed_at=at,
            )
            if not unfinished:
                self.add("lens_value", round_id=own, statement=statement.id, lens="self", sum=value, n=1)

    def booking(self, firm: Firm, made: int, who: int, institution: int) -> None:
        lead, profile = self.chance.choice(self.trainers[firm.division[:2]])
        state = self.chance.choices([s for s, _ in OUTCOMES], [w for _, w in OUTCOMES])[0]
        self.days[profile] += 1
        day = clock.today() + timedelta(days=2 * self.days[profile] if state in ("accepted", "requested") else -2 * self.days[profile])
        open_ = state == "requested"
        own = self.add(
            "booking",
            enterprise_id=made,
            institution_id=institution,
            module=1,
            kind="visit",
            state=state,
            version=2,
            first_day=day,
            last_day=day,
            lead_id=lead,
            second_id=None,
            place="",
            message="",
            answer="",
            requested_by_id=who,
            requested_at=self.ago(0 if open_ else 30),
            expires_at=self.now + timedelta(days=3 if open_ else -20),
            changed_at=self.now,
            sequence=1,
            uid=f"grown-{self.ids['booking']}",
        )
        if state in ("accepted", "completed"):
            self.add("day_claim", trainer_id=profile, day=day, because=f"booking:{own}", expires_at=None)

    def batches(self) -> Iterator[dict[str, list[dict]]]:
        """People first, then enterprises a batch at a time."""
        self.staff()
        yield self._taken()
        while batch := list(islice(self.firms, BATCH)):
            for firm in batch:
                self.enterprise(firm)
            yield self._taken()

    def _taken(self) -> dict[str, list[dict]]:
        taken, self.rows = self.rows, defaultdict(list)
        return taken


def grow(enterprises: int, seed: int = 1) -> Iterator[str]:
    """Write them, saying how far it is; commits are the caller's. The big partner of a tenth of all is grown-44@example.com."""
    growth = Growth(enterprises, seed)
    done = 0
    with without_indexes(LOADED):
        for batch in growth.batches():
            for table in LOADED:
                insert_many(table, batch.get(table, ()))
            done += len(batch.get("enrolment", ()))
            yield f"{done} enrolments, {growth.ids['answer']} answers; partner of a tenth: grown-{BIG}@example.com"
        db.session.execute(text("ANALYZE"))  # PostgreSQL knows nothing yet of tables that were just filled
        for rollup in rollups.ROLLUPS.values():
            _roll_up(rollup, growth.before[rollup.owner.__tablename__] + 1)
            yield f"rollup: {rollup.name}"
    have_settled(growth.ids)


def _roll_up(rollup: rollups.Rollup, first: int) -> None:
    """Nothing is kept yet of the owners from that number on."""
    name, columns = rollup.model.__tablename__, [*rollup.fixed, *rollup.columns]
    with sorted_first(name) as place:
        for among in rollups.chunks(rollup, first):
            insert_rows(name, columns, ((*rollup.fixed.values(), *row) for row in set(rollup.truth(among))), into=place)
    rollup.mend()
