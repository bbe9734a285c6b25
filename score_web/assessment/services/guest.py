"""What happens to the trial of module 1 without an account: begun, saved, kept for its person, taken over, forgotten.

It is kept for a day. Who registers has it kept until the link in the mail has run out, and from the first sign-in on for 90 days,
until the enterprise may begin its self-assessment and takes the answers over, once.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

from score_web.access import key_hash, new_key
from score_web.accounts.models import LinkPurpose
from score_web.accounts.services import throttle
from score_web.accounts.services.links import HOURS
from score_web.assessment import questionnaire
from score_web.assessment.answering import Change
from score_web.assessment.models import Answer, AssessmentRound, GuestDraft
from score_web.assessment.queries import module_of
from score_web.assessment.queries.guest import KEPT, TRIED, answers_in, draft_of_key, may_take_over
from score_web.assessment.services.filling import start_round
from score_web.core import clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor

DAY = timedelta(days=1)
UNTIL_ACTIVATED = timedelta(hours=HOURS[LinkPurpose.ACTIVATE])
FOR_PERSON = timedelta(days=90)
BEGIN = throttle.Limit("guest-draft", 60, 60)  # a whole class may share one address


def begin_trial(*, client: str) -> tuple[GuestDraft, str]:
    """A new trial and the key that only the cookie will know. Raises Refused when too many begin at one address."""
    if wait := throttle.count(BEGIN, client):
        raise Refused(TOO_MANY, minutes=wait)
    forget_expired()
    key, now = new_key(), clock.now()
    draft = GuestDraft(key_hash=key_hash(key), module=TRIED, edition=questionnaire.latest_edition(TRIED), answers={},
                       created_at=now, expires_at=now + DAY)
    db.session.add(draft)
    return draft, key


def save_trial(draft: GuestDraft, changes: tuple[Change, ...]) -> None:
    """Over what is there: one person alone answers, so the last word counts."""
    at = clock.now().isoformat()
    said = {change.statement: {name: getattr(change.reply, name) for name in KEPT} | {"at": at} for change in changes}
    draft.answers = draft.answers | said


def keep_until_activated(key: str | None) -> str | None:
    """Somebody registers in the browser of this trial: it must still be there when the link in the mail is opened."""
    draft = draft_of_key(key, lock=True)
    if draft is None or draft.person_id:
        return None
    draft.expires_at = max(draft.expires_at, clock.now() + UNTIL_ACTIVATED)
    return draft.key_hash


def keep_for(person_id: int, hashed: str) -> None:
    """It waits for this person now; the first one who asks gets it."""
    db.session.execute(
        update(GuestDraft)
        .where(GuestDraft.key_hash == hashed, GuestDraft.person_id.is_(None), GuestDraft.expires_at > clock.now())
        .values(person_id=person_id, expires_at=clock.now() + FOR_PERSON)
    )


def take_over(draft: GuestDraft, *, enterprise_id: int, by: Actor) -> AssessmentRound:
    """Begin the self-assessment with the answers of the trial, which is deleted. They keep the time at which they were given,
    so that the pages say of each that nobody has looked at it again yet."""
    round_ = start_round(enterprise_id=enterprise_id, module=draft.module, by=by)
    db.session.flush()
    if not may_take_over(enterprise_id, draft.module):
        raise Refused(OWN_ANSWERS, n=draft.module)
    asked = {statement.id for statement in module_of(round_).statements}
    rows = [
        {"round_id": round_.id, "statement": statement, "value": stored.reply.value, "not_applicable": stored.reply.not_applicable,
         "reason": stored.reply.reason, "note": stored.reply.note, "changed_by_id": by.person_id, "changed_at": _before(round_, stored.at)}
        for statement, stored in answers_in(draft).items() if statement in asked
    ]
    if rows:
        db.session.execute(insert(Answer), rows)
    forget(draft)
    return round_


def _before(round_: AssessmentRound, at: datetime) -> datetime:
    """What was tried came before the self-assessment, also where somebody opened an empty one first."""
    return min(at, round_.started_at - timedelta(seconds=1))


def forget(draft: GuestDraft) -> None:
    db.session.delete(draft)


def forget_expired() -> None:
    db.session.execute(delete(GuestDraft).where(GuestDraft.expires_at <= clock.now()))


TOO_MANY = N_("Too many trials begin at this place. Please wait %(minutes)s minutes; what you chose here is not stored yet.")
OWN_ANSWERS = N_("Your enterprise has answers of its own in module %(n)s already: those of a trial are not mixed in.")
