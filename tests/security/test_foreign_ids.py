"""Does anybody learn anything of others' records? Whatever address their id is tried on answers as for one that is not there, to the
byte; the database is asked no more than whose the record is."""

import re

import pytest

from score_web.core import held
from score_web.core.db import db
from score_web.permissions import permitted
from tests.asked import asked
from tests.factories import actor_of
from tests.world import World

NOT_THERE = 2_000_000_003
RIVAL = "rival enterprise"
OUTSIDERS = [RIVAL, "anonymous", "other partner", "other trainer", "ex-colleague", "suspended"]
PLAIN = [("GET", {}), ("POST", {})]
SCRIPTED = [(method, {"headers": {"Accept": "application/json"}}) for method in ("GET", "POST")]
BROUGHT_BACK = [("POST", {"data": {held.FIELD: "forged"}})]
CHANGES_BY_ITSELF = re.compile(r'(name="csrf_token"[^>]*value=|name="held_fields"[^>]*value=)"[^"]*"|score=[^;]*|Expires=[^;]*')
NOT_COMPARED = {"Date", "Content-Length", "X-Request-Id", "ETag"}
# What tells whose a record is: its enterprise, its self-assessment, the memberships of a person. Numbers count up, so that there is a
# record behind one is no secret, and no time has to be spent on hiding it.
WHOSE = re.compile(r"FROM (organisation|assessment_round|membership|booking|evidence|pulse_survey) .*WHERE \S+ = \S+$", re.DOTALL)


class Doors:
    """Every address that names a record, and what it says to one person."""

    def __init__(self, app):
        self.app, app.config["WTF_CSRF_METHODS"] = app, set()
        with app.app_context():
            world = World()
            self.ids, self.cookies = world.ids, world.cookies(app)
            self.actors = {persona: actor_of(person) for persona, person in world.people.items()}
            records = {access.record: db.session.scalars(db.select(access.record)).unique().all() for _rule, access in self.doors()}
            self.foreign = {
                (access.permission, persona): [row.id for row in records[access.record] if self.is_closed(access, row, persona)]
                for _rule, access in self.doors() for persona in OUTSIDERS
            }  # fmt: skip
            db.session.remove()

    def doors(self):
        views = [(rule, getattr(self.app.view_functions[rule.endpoint], "access", None)) for rule in self.app.url_map.iter_rules()]
        return [(rule, access) for rule, access in views if access and access.record]

    def is_closed(self, access, row, persona: str) -> bool:
        return persona in ("anonymous", "suspended") or not permitted(access.permission, self.actors[persona], row)

    def ask(self, rule, access, number: int, persona: str, method: str, options: dict) -> tuple[tuple, list[str]]:
        """What came back, without what differs from one request to the next, and what was asked of the database for it."""
        name = next(name for name in rule.arguments if name.removesuffix("_id").replace("_", "") == access.record.__name__.lower())
        path = self.app.url_map.bind("localhost").build(rule.endpoint, self.known(rule) | {name: number}, method=method)
        visitor = self.app.test_client(use_cookies=False)
        headers = options.get("headers", {}) | ({"Cookie": f"score={self.cookies[persona]}"} if self.cookies[persona] else {})
        with self.app.app_context(), asked(db.engine) as statements:
            response = visitor.open(path, method=method, **(options | {"headers": headers}))
            told = response.get_data(as_text=True)
            response.close()
        kept = sorted((name, masked(value, path)) for name, value in response.headers if name not in NOT_COMPARED)
        return (response.status_code, kept, masked(told, path)), statements

    def known(self, rule) -> dict:
        return {name: self.ids[name] for name in rule.arguments}


@pytest.fixture
def doors(app):
    return Doors(app)


def masked(text: str, path: str) -> str:
    """Without the address itself, in both languages, and without what differs between any two requests."""
    return CHANGES_BY_ITSELF.sub("…", text.replace(path, "HERE").replace(path.replace("/en/", "/zh/", 1), "THERE"))


def tries(doors):
    """Everybody on every address by its plain ways; the rival by all ways and with the id of every record of others."""
    for rule, access in doors.doors():
        for persona in OUTSIDERS:
            numbers, ways = doors.foreign[access.permission, persona], PLAIN + SCRIPTED + BROUGHT_BACK
            for method, options in ways if persona == RIVAL else PLAIN:
                if method in rule.methods and numbers:
                    everything = persona == RIVAL and not options
                    yield rule, access, persona, method, options, numbers if everything else numbers[:1]


def test_a_record_of_others_is_as_if_it_were_not_there(doors):
    different, tried = [], 0
    for rule, access, persona, method, options, numbers in tries(doors):
        missing, asked_for_missing = doors.ask(rule, access, NOT_THERE, persona, method, options)
        for number in numbers:
            found, asked = doors.ask(rule, access, number, persona, method, options)
            more = [statement for statement in asked[len(asked_for_missing):] if not WHOSE.search(statement)]
            if (found, more) != (missing, []):
                unlike = [pair for pair in zip(found, missing, strict=True) if pair[0] != pair[1]]
                different.append((persona, method, rule.rule, number, unlike, more))
            tried += 1
    assert different == []
    assert tried > 600


def test_the_comparison_sees_a_difference(doors):
    """One's own record is told apart from one that is not there: else the test above would prove nothing."""
    rule, access = next((rule, access) for rule, access in doors.doors() if rule.endpoint == "enrolment.show")
    mine, _asked = doors.ask(rule, access, doors.ids["enrolment_id"], "own enterprise", "GET", {})
    assert mine != doors.ask(rule, access, NOT_THERE, "own enterprise", "GET", {})[0]
