"""How long is which field kept, counted from what, and what happens then? The one table: the page, the notice and the job read it.

A test looks through every table: each column with text stands here, or there with the reason why it has no period.
"""

from datetime import timedelta
from typing import NamedTuple

from score_web.core.words import N_, Labelled, Sentence

_UNITS = {
    "hours": (N_("%(n)s hours"), timedelta(hours=1)),
    "days": (N_("%(n)s days"), timedelta(days=1)),
    "months": (N_("%(n)s months"), timedelta(days=30.5)),
    "years": (N_("%(n)s years"), timedelta(days=365.25)),
}


class Period(NamedTuple):
    n: int
    unit: str

    @property
    def label(self) -> Sentence:
        return Sentence(_UNITS[self.unit][0], n=self.n)

    @property
    def length(self) -> timedelta:
        return _UNITS[self.unit][1] * self.n


class Outcome(Labelled):
    DELETE = "delete", N_("deleted")
    ERASE = "erase", N_("the text is erased, the record stays")
    ANONYMISE = "anonymise", N_("made anonymous: names, texts and files go, numbers stay")


class Rule(NamedTuple):
    """`fields`: "table.column"; `clock`: the column of the first table from which `period` counts, `only` which rows, both for the
    rules that this feature's job carries out (`DELETE`, `ERASE`); others are carried out by `by`, or by the operator."""

    name: str
    title: str
    fields: tuple[str, ...]
    period: Period | None
    since: str
    outcome: Outcome
    why: str
    clock: str = ""
    only: tuple[str, object] | None = None
    by: str = "privacy"

    @property
    def table(self) -> str:
        return self.fields[0].partition(".")[0]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.partition(".")[2] for field in self.fields)


_D, _E, _A = Outcome.DELETE, Outcome.ERASE, Outcome.ANONYMISE
_DISPUTE = N_("to explain what happened if there is a dispute")
_SECURITY = N_("to keep accounts safe")

RULES = (
    Rule(
        "account",
        N_("Account: name, e-mail, phone, password, trainer profile"),
        ("person.name", "person.email", "person.phone", "person.password_hash", "trainer_profile.about", "name_part.part"),
        None,
        N_("until you close the account; you may have it erased at once or after a time to think"),
        _A,
        N_("to run the account"),
        by="accounts",
    ),
    Rule(
        "suspension",
        N_("Why an account is suspended"),
        ("person.suspended_because",),
        None,
        N_("until it is restored or closed"),
        _E,
        N_("to tell the person"),
        by="accounts",
    ),
    Rule(
        "unconfirmed",
        N_("A registration that was never confirmed"),
        ("person.email",),
        Period(30, "days"),
        N_("after registering"),
        _A,
        N_("nobody showed that the address is theirs"),
    ),
    Rule(
        "enterprise",
        N_("Enterprise: enrolment, answers, notes, evidence, bookings"),
        (
            "organisation.name_zh",
            "organisation.name_en",
            "organisation.contact",
            "enrolment.answers",
            "enrolment.returned_fields",
            "enrolment.name_zh",
            "enrolment.name_en",
            "enrolment.code",
            "enrolment_version.answers",
            "answer.reason",
            "answer.note",
            "answer_version.reason",
            "answer_version.note",
            "trainer_rating.note",
            "evidence.name",
            "evidence.caption",
            "name_part.part",
        ),
        Period(5, "years"),
        N_("after the enterprise left, was refused or withdrew; never while it takes part"),
        _A,
        N_("to compare before and after, and to account for the programme"),
    ),
    Rule(
        "draft",
        N_("Enrolment of an enterprise that closed without handing anything in"),
        ("enrolment.answers",),
        Period(30, "days"),
        N_("after the enterprise was closed"),
        _A,
        N_("nobody needs it any more"),
    ),
    Rule(
        "booking",
        N_("Bookings: place, messages of both sides"),
        ("booking.place", "booking.message", "booking.answer"),
        Period(5, "years"),
        N_("after the last day"),
        _E,
        _DISPUTE,
        "last_day",
    ),
    Rule(
        "day_off",
        N_("Reasons for a trainer's day off"),
        ("day_off.reason",),
        Period(12, "months"),
        N_("after that day"),
        _E,
        N_("only the day itself is needed"),
        "day",
    ),
    Rule(
        "history",
        N_("Reasons and names in the history"),
        ("audit_words.words",),
        Period(5, "years"),
        N_("after it happened"),
        _D,
        _DISPUTE,
        "audit_event.at",
    ),
    Rule(
        "inbox",
        N_("Messages in the inbox"),
        ("message.address", "message.subject_zh", "message.subject_en", "message.body_zh", "message.body_en"),
        Period(24, "months"),
        N_("after they were written"),
        _D,
        N_("what they told stands with the record itself"),
        "created_at",
    ),
    Rule(
        "one_time_mail",
        N_("Mails with a one-time link"),
        ("message.body_zh", "message.body_en"),
        Period(30, "days"),
        N_("after they were written"),
        _D,
        _SECURITY,
        "created_at",
        ("private", True),
    ),
    Rule(
        "request",
        N_("Requests about personal data and their answers"),
        ("data_request.text", "data_request.answer"),
        Period(3, "years"),
        N_("after the answer"),
        _E,
        _DISPUTE,
        "answered_at",
    ),
    Rule(
        "receipt",
        N_("Receipts: who from outside looked at what"),
        ("receipt.because",),
        Period(5, "years"),
        N_("after that day"),
        _D,
        _DISPUTE,
        "at",
    ),
    Rule(
        "link",
        N_("One-time links, and what was typed to get one"),
        ("link.email", "link.data"),
        Period(30, "days"),
        N_("after they ran out"),
        _D,
        _SECURITY,
        by="accounts",
    ),
    Rule(
        "sign_in",
        N_("Sign-ins: device and times"),
        ("sign_in.device",),
        Period(60, "days"),
        N_("after they ran out"),
        _D,
        _SECURITY,
        by="accounts",
    ),
    Rule(
        "trial",
        N_("A trial without an account"),
        ("guest_draft.answers",),
        Period(24, "hours"),
        N_("after it began; 90 days if it waits for somebody who registered"),
        _D,
        N_("to find it again"),
        by="assessment",
    ),
    Rule(
        "worker",
        N_("A worker's own answers"),
        ("pulse_waiting_answer.said",),
        None,
        N_("until they are counted, usually within the hour"),
        _D,
        N_("they are needed until at least 5 are counted together"),
        by="pulse",
    ),
    Rule(
        "log",
        N_("Access log of the server"),
        (),
        Period(6, "months"),
        N_("after the access"),
        _D,
        N_("the law on network security demands it"),
        by="operator",
    ),
    Rule(
        "backup",
        N_("Backups: the whole database at one moment"),
        (),
        Period(90, "days"),
        N_("after the backup"),
        _D,
        N_("to recover from a failure"),
        by="operator",
    ),
)
BY_NAME = {rule.name: rule for rule in RULES}
# What the privacy notice says in numbers comes from here.
PROMISED = {
    "KEPT_YEARS": BY_NAME["enterprise"].period.n,
    "MESSAGE_MONTHS": BY_NAME["inbox"].period.n,
    "LOG_MONTHS": BY_NAME["log"].period.n,
    "BACKUP_DAYS": BY_NAME["backup"].period.n,
    "LINK_DAYS": BY_NAME["link"].period.n,
    "SIGN_IN_DAYS": BY_NAME["sign_in"].period.n,
    "DRAFT_DAYS": BY_NAME["draft"].period.n,
    "TRIAL_HOURS": BY_NAME["trial"].period.n,
    "RECEIPT_YEARS": BY_NAME["receipt"].period.n,
}
