"""Filling in together: saying who took part, giving themes to colleagues."""

from score_web.accounts.queries import people_of
from score_web.assessment import emails, queries
from score_web.assessment.models import PARTICIPANTS, AssessmentRound, Participants, ThemeAssignment
from score_web.assessment.queries.joint import Headcount, Together, together
from score_web.assessment.questionnaire import Theme
from score_web.assessment.states import RoundState
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.reading import lock_row
from score_web.core.words import N_
from score_web.permissions import Actor, Role

CHANGED = N_("A colleague has changed this in the meantime. What stands now is listed below; press the button again if yours should stand.")


def set_together(round_: AssessmentRound, *, people: Headcount | None, doers: dict[str, int], shown: str, by: Actor) -> None:
    """Who took part and who does which theme (person ids by theme id), over what the page had shown (`Together.seal`).
    Only those who get a theme now are told, not those who have it already."""
    lock_row(round_)
    if round_.state is not RoundState.OPEN:
        raise Refused(N_("This self-assessment has been submitted: who took part is locked too."))
    before = together(round_)
    if before.seal != shown:
        raise Refused(CHANGED)
    _set_people(round_, people)
    known = {theme: doer.person_id for theme, doer in before.doers.items()}
    new = {theme: person_id for theme, person_id in doers.items() if known.get(theme) != person_id}
    _set_doers(round_, before, doers, new)
    _tell(round_, new, by)


def _set_people(round_: AssessmentRound, people: Headcount | None) -> None:
    row = db.session.get(Participants, round_.id)
    if people is None:
        if row:
            db.session.delete(row)
        return
    db.session.merge(Participants(round_id=round_.id, **dict(zip(PARTICIPANTS, people, strict=True))))


def _set_doers(round_: AssessmentRound, before: Together, doers: dict[str, int], new: dict[str, int]) -> None:
    gone = [theme for theme in before.doers if theme in new or theme not in doers]
    db.session.execute(db.delete(ThemeAssignment).where(ThemeAssignment.round_id == round_.id, ThemeAssignment.theme.in_(gone)))
    db.session.add_all(ThemeAssignment(round_id=round_.id, theme=theme, person_id=person_id) for theme, person_id in new.items())


def _tell(round_: AssessmentRound, new: dict[str, int], by: Actor) -> None:
    """One message a person, whatever the number of themes; nobody is told of what they did themselves."""
    colleagues = {person.id: person for person in people_of(round_.enterprise_id, Role.ENTERPRISE)}
    given: dict[int, list[Theme]] = {}
    for theme in queries.module_of(round_).themes:
        if theme.id in new:
            given.setdefault(new[theme.id], []).append(theme)
    if not given.keys() <= colleagues.keys():
        raise Refused(N_("One of these people does not belong to your enterprise any more. Please choose again."))
    for person_id, themes in given.items():
        if person_id != by.person_id:
            emails.tell_given(round_, themes, to=colleagues[person_id], by=by)
