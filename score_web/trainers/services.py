"""What happens to trainers: profile, levels, days off, and the days that events claim."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, or_, select

from score_web.accounts.models import Organisation, Person
from score_web.core import audit, clock, mail
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor, Role
from score_web.trainers.certification import Level, grant_problem
from score_web.trainers.models import Certification, DayClaim, DayOff, TrainerProfile
from score_web.trainers.queries import profile_of

LONGEST_REASON = 1000


def ensure_profile(person: Person, *, by: Actor | None = None) -> TrainerProfile:
    """The profile of somebody who was appointed as a trainer; made on first need, serving the institution's own provinces."""
    profile = profile_of(person.id)
    if profile is not None:
        return profile
    appointed = next((m for m in person.memberships if m.role == Role.TRAINER.value and m.until is None), None)
    if appointed is None:
        raise Refused(N_("This person is not a trainer. Invite them as a trainer first."))
    profile = TrainerProfile(person=person, institution_id=appointed.organisation_id, provinces=_provinces(appointed.organisation))
    db.session.add(profile)
    audit.record("trainer_profile.create", profile, by=by)
    return profile


def _provinces(institution: Organisation) -> str:
    prefixes = [part for part in institution.scope.split(",") if part[:2].isdigit()]
    return ",".join(dict.fromkeys(f"{part[:2]}0000" for part in prefixes))


def save_profile(
    profile: TrainerProfile, *, provinces: list[str], languages: list[str], weekdays: list[str], about: str, by: Actor,
) -> None:
    profile.provinces, profile.languages = ",".join(provinces), ",".join(languages)
    profile.weekdays, profile.about = ",".join(weekdays), about
    audit.record("trainer_profile.save", profile, by=by)


def grant_level(profile: TrainerProfile, *, module: int, level: Level, by: Actor) -> None:
    """Give or change the level for one module; the trainer is told."""
    _check_grant(profile, module, level, by)
    row = _certification(profile, module)
    if row is not None and row.ended_at is None and row.level is level:
        raise Refused(N_("The trainer has this level for module %(module)s already."), module=module)
    if row is None:
        row = Certification(trainer=profile, module=module, level=level)
        db.session.add(row)
    row.level, row.granted_by_id, row.granted_at, row.ended_at = level, by.person_id, clock.now(), None
    audit.record("trainer_profile.grant", profile, by=by, module=module, level=level.value)
    mail.send("trainers/email_granted.txt", to=profile.person, path="/trainers/profile", module=module, level=level, by=by.name)


def end_level(profile: TrainerProfile, *, module: int, reason: str, by: Actor) -> None:
    """Take a module away, with a reason that the trainer reads; bookings already accepted stay."""
    if not reason.strip():
        raise Refused(N_("Please write the reason: the other side will read it."))
    if len(reason) > LONGEST_REASON:
        raise Refused(N_("The reason is too long: at most %(n)s characters."), n=LONGEST_REASON)
    _check_grant(profile, module, None, by)
    row = _certification(profile, module)
    if row is None or row.ended_at is not None:
        raise Refused(N_("This trainer has no level for module %(module)s."), module=module)
    row.ended_at = clock.now()
    audit.record("trainer_profile.end", profile, by=by, module=module, level=row.level.value, reason=reason)
    mail.send("trainers/email_ended.txt", to=profile.person, path="/trainers/profile", module=module, by=by.name, reason=reason)


def _check_grant(profile: TrainerProfile, module: int, level: Level | None, by: Actor) -> None:
    lock_profiles([profile.id])
    db.session.expire(profile, ["certifications"])
    if by.person_id == profile.person_id:
        raise Refused(N_("Nobody certifies themselves: ask a colleague."))
    problem = grant_problem(profile.levels, module, level)
    if problem:
        raise Refused(problem)


def _certification(profile: TrainerProfile, module: int) -> Certification | None:
    return next((row for row in profile.certifications if row.module == module), None)


def lock_profiles(profile_ids: Iterable[int]) -> None:
    """Whoever changes a trainer's days holds these rows, taken in id order so that nobody waits in a circle."""
    db.session.execute(
        select(TrainerProfile.id).where(TrainerProfile.id.in_(sorted(profile_ids))).order_by(TrainerProfile.id).with_for_update()
    ).all()


def change_days_off(profile: TrainerProfile, *, add: set[date], drop: set[date], by: Actor) -> None:
    """Days off take the same lock as an acceptance: a day is either off or claimed."""
    lock_profiles([profile.id])
    taken = db.session.scalar(
        select(DayClaim.day).where(DayClaim.trainer_id == profile.id, DayClaim.day.in_(add), _is_live()).order_by(DayClaim.day).limit(1)
    )
    if taken is not None:
        raise Refused(N_("%(day)s has been booked in the meantime. Cancel that booking first if you cannot come."), day=taken)
    there = set(db.session.scalars(select(DayOff.day).where(DayOff.trainer_id == profile.id, DayOff.day.in_(add))))
    db.session.add_all(DayOff(trainer_id=profile.id, day=day) for day in sorted(add - there))
    db.session.execute(delete(DayOff).where(DayOff.trainer_id == profile.id, DayOff.day.in_(drop)))
    audit.record("trainer_profile.days_off", profile, by=by, add=sorted(map(str, add)), drop=sorted(map(str, drop)))


def claim_days(profile: TrainerProfile, days: Iterable[date], because: str, expires_at: datetime | None = None) -> None:
    """Take whole days for an event. The unique row decides: a second claim of a day raises IntegrityError at flush."""
    days = list(days)
    db.session.execute(delete(DayClaim).where(DayClaim.trainer_id == profile.id, DayClaim.day.in_(days), ~_is_live()))
    db.session.add_all(DayClaim(trainer_id=profile.id, day=day, because=because, expires_at=expires_at) for day in days)
    db.session.flush()


def release_days(because: str) -> None:
    db.session.execute(delete(DayClaim).where(DayClaim.because == because))


def _is_live():
    return or_(DayClaim.expires_at.is_(None), DayClaim.expires_at > clock.now())
