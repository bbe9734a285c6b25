"""Is every confirmed answer still there after `kill -9` of the server?

Four people fill in one self-assessment at once over HTTP, as browsers do: two through the form, two as the script of the page
does. Each save writes a whole theme, marked with its number. In the middle of this the server is killed: mostly its worker (as
the kernel does when memory runs out), every tenth time all of it. Then each theme must hold, whole, the save confirmed last,
or the one under way.
"""

import json
import re

from sqlalchemy import text

from score_web.accounts.models import Organisation
from score_web.assessment import questionnaire
from score_web.assessment.queries import answers_of
from score_web.core.db import db
from score_web.permissions import Role
from tests.assessment.filling import make_filling
from tests.factories import add_membership, make_person
from tests.torture.bursts import Bursts
from tests.torture.server import Visitor, hidden


class Filler(Visitor):
    """Saves one theme again and again; knows what was sent and what was confirmed."""

    def __init__(self, email: str, path: str, theme: questionnaire.Theme, *, script: bool):
        super().__init__(email)
        self.path, self.script = f"{path}/{theme.letter}", script
        self.statements = [statement.id for statement in theme.statements]
        self.sent = self.confirmed = self.saves = 0
        self.form: dict[str, str] = {}

    def look(self, address: str) -> None:
        """The page as it is after the server came back; it shows what the database holds."""
        status, page = self.ask(address + self.path)
        assert status == 200, f"{self.path}: {status}: the server forgot who this is"
        if self.confirmed:
            assert f"\nsave {self.confirmed}</textarea>".encode() in page, f"{self.path} does not show save {self.confirmed}"
        self.form = hidden(page)

    def save(self, address: str) -> None:
        """Send the next save; it counts as confirmed when the server says so."""
        self.sent += 1
        said = {}
        for place, statement in enumerate(self.statements):
            said |= {statement: choice(self.sent, place), f"{statement}.reason": "", f"{statement}.note": f"save {self.sent}"}
        accept = "application/json" if self.script else "text/html"
        status, body = self.ask(address + self.path, self.form | said, accept)
        assert status == (200 if self.script else 303), f"{self.path}: {status} for save {self.sent}"
        if self.script:
            self._read(json.loads(body))
        self.confirmed = self.sent
        self.saves += 1
        if not self.script:
            self.look(address)

    def _read(self, answer: dict) -> None:
        for statement in self.statements:
            assert re.search(r"saved \d\d:\d\d", answer["html"][f"{statement}-status"]), f"{statement}: 200, but not said to be saved"
            self.form[f"{statement}.seal"] = answer["answers"][statement]["seal"]


def choice(number: int, place: int) -> str:
    return str((number + place) % 4)


class Torture(Bursts):
    """`run(kills)` on the database of this application, with four people at one self-assessment."""

    def __init__(self, app, **how):
        super().__init__(app, **how)
        with app.app_context():
            filling = make_filling()
            emails = [*filling.emails, *self._colleagues(filling.enterprise.id)]
            self.round_id = int(filling.path.rpartition("/")[2])
        themes = questionnaire.module(1).themes
        self.people = [Filler(email, filling.path, themes[n], script=bool(n % 2)) for n, email in enumerate(emails)]

    def _colleagues(self, enterprise_id: int) -> list[str]:
        people = [make_person(), make_person()]
        for person in people:
            add_membership(person, db.session.get(Organisation, enterprise_id), Role.ENTERPRISE)
        emails = [person.email for person in people]
        db.session.commit()
        return emails

    def compare(self) -> None:
        """Each theme holds one save, whole: the one confirmed last, or the one that was under way."""
        with self.app.app_context():
            self._settle()
            if db.engine.dialect.name == "sqlite":
                assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
            stored = {statement: found.reply for statement, found in answers_of(self.round_id).items()}
        for filler in self.people:
            found = {(stored[s].note, stored[s].choice) for s in filler.statements if s in stored}
            whole = {n: self._whole(filler, n) for n in (filler.confirmed, filler.sent)}
            number = next((n for n, expected in whole.items() if found == expected), None)
            assert number is not None, f"{filler.path}: {filler.confirmed} was confirmed, {filler.sent} sent; there is {sorted(found)}"
            self.count.add(filler, number)

    @staticmethod
    def _whole(filler: Filler, number: int) -> set:
        """What the theme looks like after this save; empty before the first one."""
        return {(f"save {number}", choice(number, place)) for place in range(len(filler.statements))} if number else set()
