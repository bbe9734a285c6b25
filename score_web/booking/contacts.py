"""Whom does the trainer ask for at the gate? The contact person whom the enterprise named in its enrolment."""

from collections.abc import Mapping
from typing import NamedTuple


class Contact(NamedTuple):
    name: str
    job: str
    phone: str


def contact_of(applied) -> Contact | None:
    """From an enrolment; None while no contact person is named there."""
    answers: Mapping = applied.answers if applied else {}
    name, job, phone = (str(answers.get(f"contact_{part}") or "").strip() for part in ("name", "job", "phone"))
    return Contact(name, job, phone) if name or phone else None
