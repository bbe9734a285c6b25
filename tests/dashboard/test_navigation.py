"""The menu is short and fits every hat a person wears."""

from score_web.dashboard.navigation import PUBLIC, current, entries
from score_web.permissions import Actor, Membership, Role


def actor(*roles: Role) -> Actor:
    return Actor(1, "A", "a@example.com", "en", tuple(Membership(role, 1) for role in roles))


def endpoints(*roles: Role) -> list[str]:
    return [entry.endpoint for entry in entries(actor(*roles))]


def test_a_visitor_sees_the_public_entries():
    assert entries(None) == list(PUBLIC)


def test_each_role_sees_its_own_work():
    assert endpoints(Role.ENTERPRISE) == ["dashboard.show", "enrolment.start", "assessment.hub", "booking.index"]
    assert endpoints(Role.TRAINER) == ["dashboard.show", "booking.index", "trainers.days"]
    assert endpoints(Role.PARTNER) == ["dashboard.show", "enrolment.queue", "trainers.index", "booking.index", "accounts.people"]


def test_two_hats_share_an_entry_instead_of_showing_it_twice():
    assert endpoints(Role.PARTNER, Role.TRAINER) == [
        "dashboard.show",
        "enrolment.queue",
        "trainers.index",
        "booking.index",
        "accounts.people",
        "trainers.days",
    ]


def test_the_entry_of_the_page_itself_is_marked_before_that_of_its_section():
    shown = entries(actor(Role.PARTNER, Role.TRAINER))
    assert current(shown, "trainers.days").endpoint == "trainers.days"
    assert current(shown, "trainers.show").endpoint == "trainers.index"
    assert current(shown, "pages.help") is None
