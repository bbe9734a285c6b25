"""What do people write, beside answers? Each errand is a circle of steps over HTTP that begins again at its end.

The n-th step is prepared by looking at the page as a browser would; `landed` counts in the database how many of them are there.
"""

import io
import re
from secrets import token_hex

from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from score_web.accounts.models import Person
from score_web.accounts.services.hashing import hash_fits
from score_web.assessment.models import Evidence
from score_web.booking.models import Booking
from score_web.core.audit import AuditEvent
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.enrolment.models import Enrolment
from score_web.pulse.models import PulseSurvey
from tests.factories import PASSWORD
from tests.torture.server import Visitor, hidden

Step = tuple[Visitor, str, dict, dict]  # who sends what where, with which files


class Errand:
    """Knows what was sent and what was confirmed. `visitor` makes somebody with a browser from an address of a person."""

    def __init__(self, town, *emails: str, visitor=Visitor):
        self.town, self.people, self.visitor = town, [visitor(email) for email in emails], visitor
        self.sent = self.confirmed = self.saves = 0

    def sign_in(self, address: str) -> None:
        for person in self.people:
            person.sign_in(address)

    def look(self, address: str) -> None:
        for person in self.people:
            status, _ = person.ask(f"{address}/en/dashboard")
            assert status == 200, f"{person.email}: {status}: the server forgot who this is"

    def save(self, address: str) -> None:
        step = self.prepare(address)
        self.sent += 1
        self.send(address, step)
        self.confirmed = self.sent
        self.saves += 1

    def send(self, address: str, step: Step) -> None:
        person, path, form, files = step
        status, body = person.ask(address + path, form, files=files)
        assert status == 303, f"{type(self).__name__} {self.sent}: {path}: {status}: {body.decode()[-3000:]}"

    def prepare(self, address: str) -> Step:
        raise NotImplementedError

    def landed(self) -> int:
        raise NotImplementedError

    def wrong(self) -> list[str]:
        """What else must be so, now that `sent` steps are there."""
        return []

    def _form(self, person: Visitor, url: str, **typed) -> dict:
        status, page = person.ask(url)
        assert status == 200, f"{url}: {status}"
        return hidden(page) | typed


def events(record_type: str, *record_ids: int) -> int:
    known = AuditEvent.record_type == record_type, AuditEvent.record_id.in_(record_ids)
    return db.session.scalar(select(func.count()).select_from(AuditEvent).where(*known))


class Enrolling(Errand):
    """Submitted, returned, submitted again …"""

    def prepare(self, address: str) -> Step:
        head, partner = self.people
        if self.sent % 2 == 0:
            path = f"/en/enrolment/{self.town.draft_id}/check"
            return head, path, self._form(head, address + path, pledge="y", consent="y"), {}
        path = f"/en/enrolment/{self.town.draft_id}/review"
        said = {"decision": "return", "reason": f"Look again, {self.sent}", "remark_code": "why?"}
        return partner, path, self._form(partner, address + path, **said), {}

    def landed(self) -> int:
        return events("enrolment", self.town.draft_id)

    def wrong(self) -> list[str]:
        state = db.session.get(Enrolment, self.town.draft_id).state.value
        wanted = "draft" if not self.sent else "submitted" if self.sent % 2 else "returned"
        return [] if state == wanted else [f"the enrolment is {state} after {self.sent} steps"]


class Visiting(Errand):
    """Asked for, accepted, called off; then the next one."""

    def prepare(self, address: str) -> Step:
        head, trainer = self.people
        if self.sent % 3 == 0:
            path = "/en/booking/new?module=1"
            status, page = head.ask(address + path)
            offer = re.search(rb'name="offer" value="([^"]+)"', page)
            assert offer, f"{status}: no days are offered"
            return head, path, hidden(page) | {"offer": offer[1].decode(), "place": "Hall 2", "message": f"step {self.sent}"}, {}
        path = f"/en/booking/{self._last()}"
        who, step = (trainer, "accept") if self.sent % 3 == 1 else (head, "cancel")
        return who, f"{path}/{step}", self._form(who, address + path, note="", reason=f"step {self.sent}"), {}

    def _last(self) -> int:
        with self.town.app.app_context():
            return db.session.scalar(select(func.max(Booking.id)).where(Booking.enterprise_id == self.town.booker_id))

    def landed(self) -> int:
        return events("booking", *db.session.scalars(select(Booking.id).where(Booking.enterprise_id == self.town.booker_id)))

    def wrong(self) -> list[str]:
        last = db.session.scalar(select(Booking).where(Booking.enterprise_id == self.town.booker_id).order_by(Booking.id.desc()).limit(1))
        wanted = ("cancelled", "requested", "accepted")[self.sent % 3]
        return [] if not self.sent or last.state == wanted else [f"the booking is {last.state} after {self.sent} steps"]


def photo(number: int) -> FileStorage:
    """No two are alike."""
    content = io.BytesIO()
    Image.frombytes("RGB", (12, 12), (number.to_bytes(4) + b"photo of the line") * 21, "raw").save(content, "PNG")
    return FileStorage(io.BytesIO(content.getvalue()), f"photo{number}.png")


class Showing(Errand):
    """A photo is added as evidence, and removed."""

    def prepare(self, address: str) -> Step:
        (person,) = self.people
        path = f"/en/assessment/{self.town.round_id}/evidence/M1-B1"
        form = self._form(person, address + path, caption="The line")
        if self.sent % 2 == 0:
            return person, path, form, {"camera": photo(self.sent)}
        with self.town.app.app_context():
            last = db.session.scalar(select(func.max(Evidence.id)))
        return person, f"/en/assessment/evidence/{last}/remove", form, {}

    def landed(self) -> int:
        return db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.record_type == "evidence"))

    def wrong(self) -> list[str]:
        there = db.session.scalar(select(func.count()).select_from(Evidence))
        return [] if there == self.sent % 2 else [f"{there} pieces of evidence after {self.sent} steps"]


class Answering(Errand):
    """Workers, each with a phone of their own, on the link of a survey."""

    def prepare(self, address: str) -> Step:
        phone, path = self.visitor(""), f"/en/pulse/{self.town.token}"
        return phone, path, self._form(phone, address + path) | dict.fromkeys(self.town.asked, "2"), {}

    def landed(self) -> int:
        survey = db.session.get(PulseSurvey, self.town.survey_id)
        return survey.taken - survey.keyed


class Keying(Errand):
    """Paper slips of the same survey."""

    def prepare(self, address: str) -> Step:
        (person,) = self.people
        path = f"/en/pulse/{self.town.survey_id}/keying"
        return person, path, self._form(person, address + path) | dict.fromkeys(self.town.asked, "1"), {}

    def landed(self) -> int:
        return db.session.get(PulseSurvey, self.town.survey_id).keyed


class Changing(Errand):
    """A new password each time: it holds from the moment it is confirmed. Whose browser was not told has to sign in with it."""

    def look(self, address: str) -> None:
        (person,) = self.people
        person.password = password(self.sent)
        if person.ask(f"{address}/en/dashboard")[0] != 200:
            self.town.forget_tries()
            person.sign_in(address)

    def prepare(self, address: str) -> Step:
        self.look(address)
        (person,) = self.people
        path = "/en/accounts/password"
        return person, path, self._form(person, address + path, current=password(self.sent), password=password(self.sent + 1)), {}

    def landed(self) -> int:
        return db.session.scalar(select(func.count()).select_from(AuditEvent).where(
            AuditEvent.action == "person.password_changed", AuditEvent.record_id == self.town.changer_id))

    def wrong(self) -> list[str]:
        stored = db.session.get(Person, self.town.changer_id).password_hash
        return [] if hash_fits(stored, password(self.sent)) else [f"password {self.sent} does not open the account"]


def password(number: int) -> str:
    return f"gate-{number}-violet-harbour" if number else PASSWORD


class Registering(Errand):
    """Somebody new each time; the link in the mail starts the account."""

    def prepare(self, address: str) -> Step:
        self.town.forget_tries()
        guest, path = self.visitor(""), "/en/accounts/register"
        email, chosen = f"newcomer{self.sent // 2}@example.com", f"amber-{token_hex(6)}"
        if self.sent % 2:
            with self.town.app.app_context():
                path = "/en" + db.session.scalar(select(Message.path).where(Message.address == email).order_by(Message.id).limit(1))
            return guest, path, self._form(guest, address + path), {}
        typed = {"name": f"Newcomer {self.sent}", "email": email, "password": chosen, "agreed": "y"}
        return guest, path, self._form(guest, address + path, **typed), {}

    def landed(self) -> int:
        new = select(func.count(), func.count(Person.activated_at)).where(Person.email.like("newcomer%"))
        return sum(db.session.execute(new).one())
