"""How does a booking get into somebody's own calendar? One file per booking, in the language of the address."""

from datetime import timedelta

from flask import current_app, url_for

from score_web.booking.contacts import contact_of
from score_web.booking.models import Booking
from score_web.booking.states import BookingState
from score_web.core.i18n import _, current_language, say
from score_web.core.mail import base_url
from score_web.enrolment.queries import enrolment_of
from score_web.permissions import Actor
from score_web.reference import divisions

CONFIRMED = (BookingState.ACCEPTED, BookingState.COMPLETED)


def calendar_file(booking: Booking, reader: Actor) -> bytes:
    """The UID stays, SEQUENCE rises with every change, METHOD:CANCEL takes the days out again; lines fold at 75 octets."""
    from icalendar import Calendar  # noqa: PLC0415 - slow to import, few requests need it

    calendar = Calendar()
    calendar.add("prodid", "-//SCORE Web//booking//" + current_language().upper())
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "REQUEST" if _is_on(booking) else "CANCEL")
    calendar.add_component(_event(booking, reader))
    return calendar.to_ical()


def _is_on(booking: Booking) -> bool:
    return booking.state_now in (BookingState.REQUESTED, *CONFIRMED)


def _status(booking: Booking) -> str:
    if not _is_on(booking):
        return "CANCELLED"
    return "CONFIRMED" if booking.state_now in CONFIRMED else "TENTATIVE"


def _event(booking: Booking, reader: Actor):
    """Whole days: DTEND is the day after the last one. The organiser is the system, the only guest is the reader."""
    from icalendar import Event, vCalAddress  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.changed_at)
    event.add("last-modified", booking.changed_at)
    event.add("dtstart", booking.first_day)
    event.add("dtend", booking.last_day + timedelta(days=1))
    event.add("summary", _("SCORE module %(module)s: %(kind)s, %(enterprise)s", module=booking.module, kind=say(booking.kind.label),
                           enterprise=booking.enterprise.name(current_language())))
    event.add("location", booking.place or divisions.place_name(booking.enterprise.division_code, current_language()))
    event.add("description", _description(booking, reader))
    event.add("status", _status(booking))
    event.add("transp", "OPAQUE")
    event.add("url", base_url() + url_for("booking.show", booking_id=booking.id))
    event.add("organizer", vCalAddress(f"mailto:{current_app.config['MAIL_FROM']}"))
    answer = "ACCEPTED" if booking.state in CONFIRMED else "TENTATIVE"
    event.add("attendee", vCalAddress(f"mailto:{reader.email}"), parameters={"PARTSTAT": answer})
    return event


def _description(booking: Booking, reader: Actor) -> str:
    lines = [_("Trainer: %(name)s", name=booking.lead.name or booking.lead.email), say(booking.state_now.label)]
    if booking.second:
        lines.insert(1, _("With trainer candidate: %(name)s", name=booking.second.name or booking.second.email))
    return "\n".join(lines + (_contacts(booking, reader) if booking.state_now in CONFIRMED else []))


def _contacts(booking: Booking, reader: Actor) -> list[str]:
    """Once it is agreed, each side has the other's phone at hand."""
    if reader.person_id in booking.trainer_ids:
        contact = contact_of(enrolment_of(booking.enterprise_id))
        words = " ".join(filter(None, (contact.name, contact.job, contact.phone))) if contact else ""
        return [_("Contact person: %(person)s", person=words)] if words else []
    if reader.enterprise_id == booking.enterprise_id:
        return [_("Reach the trainer: %(how)s", how=" ".join(filter(None, (booking.lead.phone, booking.lead.email))))]
    return []
