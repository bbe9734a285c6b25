"""For what, beyond what taking part needs, may somebody agree that we use personal data? Each purpose is asked for alone."""

from typing import NamedTuple

from score_web.core.words import N_
from score_web.permissions import Role


class Purpose(NamedTuple):
    """`version` changes with the meaning of the text: a consent counts for the version it was given to. `effect`: of withdrawing."""

    name: str
    version: str
    title: str
    text: str
    effect: str
    roles: frozenset[Role]


RESEARCH = Purpose(
    "research", "2026-11-22",
    N_("Being asked about the programme later"),
    N_("Your partner institution may write to you or call you to ask whether you take part in an interview or a short "
       "questionnaire on what the programme has changed. You can still say no each time."),
    N_("Your name leaves the list of people who may be asked, at once. Nothing else changes."),
    frozenset({Role.ENTERPRISE, Role.TRAINER}),
)
EXAMPLES = Purpose(
    "examples", "2026-11-22",
    N_("My photos as examples in classes"),
    N_("Trainers may show photos that you uploaded as evidence in classes of other enterprises, without naming you or your enterprise. "
       "Upload no photo on which people can be recognised unless they agreed."),
    N_("From the next page on, trainers and the institution read beside your photos that these may not be shown elsewhere."),
    frozenset({Role.ENTERPRISE}),
)
PURPOSES = (RESEARCH, EXAMPLES)
BY_NAME = {purpose.name: purpose for purpose in PURPOSES}
