"""Agreeing again, after the privacy notice or the terms have changed."""

from score_web.accounts.consents import DOCUMENTS
from score_web.accounts.models import Consent, Person
from score_web.accounts.queries import documents_to_agree_to, person_by_id
from score_web.core.db import db


def agree(person_id: int) -> Person:
    """To today's version of each document, once, however often the button is pressed."""
    person = person_by_id(person_id, lock=True)
    for document in documents_to_agree_to(person_id):
        db.session.add(Consent(person_id=person_id, document=document, version=DOCUMENTS[document]))
    return person
