"""Which entries stand in the menu? Three to five short ones, for every hat that somebody wears."""

from typing import NamedTuple

from score_web.core.words import N_
from score_web.permissions import Actor, Role


class Entry(NamedTuple):
    """`label` is an English msgid; `section` is the blueprint whose pages keep the entry marked."""

    label: str
    endpoint: str
    section: str = ""


PUBLIC = (
    Entry(N_("Home"), "pages.home"),
    Entry(N_("Am I eligible?"), "enrolment.eligibility"),
    Entry(N_("Modules"), "modules.index", "modules"),
)
DASHBOARD = Entry(N_("Dashboard"), "dashboard.show", "dashboard")
BOOKINGS = Entry(N_("Bookings"), "booking.index", "booking")
BY_ROLE = {
    Role.ENTERPRISE: (
        Entry(N_("Enrolment"), "enrolment.start", "enrolment"),
        Entry(N_("Assessment"), "assessment.hub", "assessment"),
        BOOKINGS,
    ),
    Role.PARTNER: (
        Entry(N_("Queue"), "enrolment.queue", "enrolment"),
        Entry(N_("Trainers"), "trainers.index", "trainers"),
        BOOKINGS,
        Entry(N_("People"), "accounts.people"),
    ),
    Role.TRAINER: (BOOKINGS, Entry(N_("My days"), "trainers.days")),
}


def entries(actor: Actor | None) -> list[Entry]:
    """In the order of the roles above, each entry once."""
    if actor is None:
        return list(PUBLIC)
    wanted = [DASHBOARD] + [entry for role, row in BY_ROLE.items() if actor.has(role) for entry in row]
    return list(dict.fromkeys(wanted))


def current(shown: list[Entry], endpoint: str) -> Entry | None:
    """The entry of exactly this page, else the first of its section."""
    section = endpoint.partition(".")[0]
    exact = [entry for entry in shown if entry.endpoint == endpoint]
    return next(iter(exact + [entry for entry in shown if entry.section and entry.section == section]), None)
