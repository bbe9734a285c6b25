"""What did somebody answer who tried module 1 without an account, and for whom does it wait?"""

from datetime import datetime

from sqlalchemy import Select, and_, false, or_, select

from score_web.access import key_hash
from score_web.assessment import questionnaire, scoring
from score_web.assessment.answering import Reply, Stored
from score_web.assessment.models import GuestDraft
from score_web.assessment.queries import answers_of, last_round
from score_web.assessment.questionnaire import Module
from score_web.core import clock
from score_web.core.db import db
from score_web.permissions import Actor

TRIED = 1  # the module that may be tried
KEPT = ("choice", "reason", "note")


def _live() -> Select:
    return select(GuestDraft).where(GuestDraft.expires_at > clock.now())


def draft_of_key(key: str | None, *, lock: bool = False) -> GuestDraft | None:
    """The trial of the browser that knows this key."""
    if not key:
        return None
    found = _live().where(GuestDraft.key_hash == key_hash(key))
    return db.session.scalar(found.with_for_update() if lock else found)


def drafts_waiting(actor: Actor | None, key: str | None) -> list[GuestDraft]:
    """Trials of this person, and that of this browser unless it waits for somebody else; the newest first."""
    of_browser = GuestDraft.key_hash == key_hash(key) if key else false()
    mine = GuestDraft.person_id == actor.person_id if actor else false()
    found = _live().where(or_(mine, and_(of_browser, GuestDraft.person_id.is_(None)))).order_by(GuestDraft.id.desc())
    return list(db.session.scalars(found))


def module_tried(draft: GuestDraft | None) -> Module:
    """In the edition with which the trial was begun."""
    return questionnaire.module(draft.module, draft.edition) if draft else questionnaire.module(TRIED)


def answers_in(draft: GuestDraft | None) -> dict[str, Stored]:
    """As those of a self-assessment; without versions, since nobody else answers."""
    return {
        statement: Stored(Reply(*(said[name] for name in KEPT)), at=datetime.fromisoformat(said["at"]))
        for statement, said in (draft.answers if draft else {}).items()
    }


def score_of_draft(draft: GuestDraft | None) -> scoring.ModuleScore:
    return scoring.score(module_tried(draft), {statement: stored.reply.rating for statement, stored in answers_in(draft).items()})


def may_take_over(enterprise_id: int, module: int) -> bool:
    """Only where nothing would be mixed: no self-assessment of the module yet, or the first one still without an answer."""
    last = last_round(enterprise_id, module)
    return last is None or (last.number == 1 and not answers_of(last.id))
