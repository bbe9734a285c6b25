"""What happens to an enrolment: the enterprise writes, submits and corrects; the responsible institution decides."""

from collections.abc import Mapping

from flask import current_app
from sqlalchemy import func, select

from score_web.accounts.consents import PRIVACY_VERSION
from score_web.accounts.models import Consent, Organisation
from score_web.core import clock
from score_web.core.audit import take_step
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_, Sentence
from score_web.enrolment import emails
from score_web.enrolment.answers import Band, problems, values
from score_web.enrolment.changes import changed_names
from score_web.enrolment.fields import BY_NAME, DECIDED_BY_PARTNER
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.enrolment.queries import duplicates_of, enrolment_of, institutions_for
from score_web.enrolment.states import ENROLMENT, EnrolmentState
from score_web.permissions import Actor

_S = EnrolmentState
EDITABLE = (_S.DRAFT, _S.RETURNED)
LIVE = (_S.SUBMITTED, _S.RETURNED, _S.APPROVED)
STALE = N_(
    "This enrolment has been changed since you opened the page. What you typed is still here; compare, then press the button once more."
)


DECIDED = N_("Nothing was sent: this enrolment does not wait for a decision any more. It is now: %(state)s.")


def band() -> Band:
    return Band(current_app.config["SIZE_MIN"], current_app.config["SIZE_MAX"])


def begin_enrolment(enterprise_id: int, *, hints: Mapping[str, str] | None = None) -> Enrolment:
    """The draft of this enterprise; the one that is there when somebody began already."""
    found = enrolment_of(enterprise_id)
    if found is None:
        enterprise = db.session.get(Organisation, enterprise_id)
        known = {"name_zh": enterprise.name_zh, "name_en": enterprise.name_en} | dict(hints or {})
        found = Enrolment(enterprise=enterprise, state=_S.DRAFT, answers={name: text for name, text in known.items() if text})
        db.session.add(found)
        db.session.flush()
    return found


def save_draft(enrolment: Enrolment, *, typed: Mapping, shown: int) -> None:
    """Keep what was typed, right or wrong. Refused when it is not the enterprise's turn or the page was old."""
    if enrolment.state not in EDITABLE:
        raise Refused(N_("Your enrolment is with the partner institution: you can change it when it is decided or returned."))
    check_shown(enrolment, shown)
    enrolment.answers = {**enrolment.answers, **typed}
    enrolment.saved_at = clock.now()
    db.session.flush()


def submit_enrolment(enrolment: Enrolment, *, by: Actor, shown: int, institution_id: int | None = None) -> None:
    """One institution gets it: the nearest, the applicant's choice when several tie."""
    check_shown(enrolment, shown)
    if problems(enrolment.answers, band()):
        raise Refused(N_("Some answers are still missing or not right. They are marked below."))
    known = values(enrolment.answers)
    institution = _responsible(enrolment, known["division_code"], institution_id)
    _hand_in(enrolment, "submit", known, institution, by)
    db.session.add(Consent(person_id=by.person_id, document="enrolment", version=PRIVACY_VERSION))


def withdraw_enrolment(enrolment: Enrolment, *, by: Actor) -> None:
    if enrolment.approved_before:
        raise Refused(N_("Your enterprise takes part already. To leave the programme, please write to your partner institution."))
    told = enrolment.institution_id if enrolment.state is not _S.DRAFT else None
    take_step(enrolment, ENROLMENT, "withdraw", by=by)
    enrolment.decided_at = clock.now()
    if told:
        emails.tell_institution(enrolment, "withdrawn")


def restart_enrolment(enrolment: Enrolment, *, by: Actor) -> None:
    take_step(enrolment, ENROLMENT, "restart", by=by)
    enrolment.returned_fields = {}


def correct_enrolment(enrolment: Enrolment, *, typed: Mapping, by: Actor, shown: int) -> bool:
    """After approval: kept at once; name, code and place go back to the partner. True when they do."""
    check_shown(enrolment, shown)
    answers = {**enrolment.answers, **typed}
    if problems(answers, band()):
        raise Refused(N_("Some answers are still missing or not right. They are marked below."))
    changed = changed_names(enrolment.answers, answers)
    if not changed:
        return False
    enrolment.answers, known = answers, values(answers)
    enrolment.saved_at = clock.now()
    if changed & set(DECIDED_BY_PARTNER):
        enrolment.returned_fields = {}
        _hand_in(enrolment, "recheck", known, _responsible(enrolment, known["division_code"], None), by)
        return True
    take_step(enrolment, ENROLMENT, "correct", by=by, fields=sorted(changed))
    _write_columns(enrolment, known)
    _publish(enrolment)
    _add_version(enrolment, by)
    return False


def approve_enrolment(enrolment: Enrolment, *, by: Actor, shown: int, reason: str = "") -> None:
    """A size outside the band or a code that fails its check digit needs the reason for the exception."""
    _check_waiting(enrolment, shown)
    if _code_is_taken(enrolment):
        raise Refused(
            N_(
                "An approved enterprise has this credit code already. "
                "One code can be approved only once: return this one or do not approve it."
            )
        )
    if needs_override(enrolment) and not reason.strip():
        raise Refused(N_("Write why you approve although a check failed: the reason is kept with the decision."))
    _decide(enrolment, "approve", by, reason)
    enrolment.approved_before, enrolment.returned_fields = True, {}
    _publish(enrolment)
    emails.tell_enterprise(enrolment, "approved", reason=reason.strip())


def return_enrolment(enrolment: Enrolment, *, by: Actor, shown: int, reason: str, remarks: Mapping[str, str]) -> None:
    """`remarks` names the fields to correct, each with a word on it."""
    _check_waiting(enrolment, shown)
    named = {name: text.strip() for name, text in remarks.items() if name in BY_NAME and text.strip()}
    if not named:
        raise Refused(N_("Write a remark beside at least one answer, so that the enterprise knows what to correct."))
    _decide(enrolment, "return", by, reason, remarks=named)
    enrolment.returned_fields = named
    emails.tell_enterprise(enrolment, "returned", reason=reason.strip(), remarks=emails.remarks_of(named))


def reject_enrolment(enrolment: Enrolment, *, by: Actor, shown: int, reason: str) -> None:
    _check_waiting(enrolment, shown)
    _decide(enrolment, "reject", by, reason)
    enrolment.returned_fields = {}
    emails.tell_enterprise(enrolment, "rejected", reason=reason.strip())


def transfer_enrolment(enrolment: Enrolment, *, to_id: int, by: Actor, shown: int, reason: str) -> None:
    """Hand it to another institution, which alone decides from then on."""
    _check_waiting(enrolment, shown)
    target = db.session.get(Organisation, to_id)
    if target is None or target.kind != "institution" or target.closed_at or target.id == enrolment.institution_id:
        raise Refused(N_("Choose another partner institution from the list."))
    take_step(
        enrolment, ENROLMENT, "transfer", by=by, reason=reason,
        **{"from": enrolment.institution_id, "to": target.id}, words=_names("from", enrolment.institution) | _names("to", target),
    )
    enrolment.institution = target
    _publish(enrolment)
    emails.tell_institution(enrolment, "handed_over", reason=reason.strip())
    emails.tell_enterprise(enrolment, "transferred")


def needs_override(enrolment: Enrolment) -> bool:
    """Approving needs a reason: the code or the size does not fit, or another enrolment has the same code."""
    twice = any(other.state in LIVE for other in duplicates_of(enrolment))
    return twice or enrolment.code_overridden or not band().holds(enrolment.employees)


def _check_waiting(enrolment: Enrolment, shown: int) -> None:
    """For the institution: somebody else may have decided, or the enterprise withdrawn, since the page was opened."""
    if enrolment.state is not _S.SUBMITTED:
        raise Refused(DECIDED, state=Sentence(enrolment.state.label))
    check_shown(enrolment, shown)


def check_shown(enrolment: Enrolment, shown: int) -> None:
    """The page carried the version it showed: what changed since must not be overwritten unseen."""
    if shown != enrolment.version:
        raise Refused(STALE)


def _decide(enrolment: Enrolment, step: str, by: Actor, reason: str, **words) -> None:
    take_step(enrolment, ENROLMENT, step, by=by, reason=reason, words=words | _names("institution", enrolment.institution))
    enrolment.decided_at = clock.now()
    db.session.flush()  # whoever was a moment faster is noticed here, before anybody is told


def _hand_in(enrolment: Enrolment, step: str, known: dict, institution: Organisation, by: Actor) -> None:
    take_step(enrolment, ENROLMENT, step, by=by, institution_id=institution.id, words=_names("institution", institution))
    _write_columns(enrolment, known)
    enrolment.institution, enrolment.submitted_at, enrolment.decided_at = institution, clock.now(), None
    if not enrolment.approved_before:
        _publish(enrolment)
    _add_version(enrolment, by)
    db.session.flush()
    emails.tell_institution(enrolment, "submitted")
    emails.tell_enterprise(enrolment, "received")


def _responsible(enrolment: Enrolment, division_code: str, chosen_id: int | None) -> Organisation:
    """Who it was given to stays responsible as long as the place is the same."""
    if enrolment.institution and enrolment.division_code == division_code and not enrolment.institution.closed_at:
        return enrolment.institution
    candidates = institutions_for(division_code)
    if not candidates:
        raise Refused(N_("No partner institution works in your area yet. Your draft is kept; please write to us."))
    chosen = [one for one in candidates if one.id == chosen_id] if len(candidates) > 1 else candidates
    if not chosen and enrolment.approved_before:
        chosen = candidates[:1]
    if not chosen:
        raise Refused(N_("Choose the partner institution that should decide."))
    return chosen[0]


def _write_columns(enrolment: Enrolment, known: dict) -> None:
    for name, value in known.items():
        setattr(enrolment, name, value)


def _publish(enrolment: Enrolment) -> None:
    """What other features read of the enterprise: its names, place and institution."""
    enterprise = enrolment.enterprise
    enterprise.name_zh, enterprise.name_en = enrolment.name_zh, enrolment.name_en
    enterprise.division_code, enterprise.institution = enrolment.division_code, enrolment.institution


def _add_version(enrolment: Enrolment, by: Actor) -> None:
    last = db.session.scalar(select(func.max(EnrolmentVersion.number)).where(EnrolmentVersion.enrolment_id == enrolment.id)) or 0
    db.session.add(EnrolmentVersion(enrolment_id=enrolment.id, number=last + 1, by_id=by.person_id, answers=dict(enrolment.answers)))


def _code_is_taken(enrolment: Enrolment) -> bool:
    return (
        db.session.scalar(
            select(Enrolment.id)
            .where(Enrolment.code == enrolment.code, Enrolment.id != enrolment.id, Enrolment.state == _S.APPROVED)
            .limit(1)
        )
        is not None
    )


def _names(key: str, institution: Organisation) -> dict:
    """As of today: a later renaming does not change history."""
    return {f"{key}_zh": institution.name_zh, f"{key}_en": institution.name_en}
