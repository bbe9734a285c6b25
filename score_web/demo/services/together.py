"""How did two people of an invented enterprise fill in together? One more colleague, a few marks, a change of mind."""

from score_web.accounts.models import Person
from score_web.accounts.queries import actor_of
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import answers_of, joint
from score_web.assessment.services import save_answers, set_together


def fill_together(round_: AssessmentRound, words: dict, first: Person, second: Person) -> None:
    """`words` are `together` of the enterprise: head-counts, the themes of the second person, what that person changed."""
    doers = {f"M{round_.module}-{letter}": second.id for letter in words["themes"]}
    set_together(round_, people=tuple(words["people"]), doers=doers, shown=joint.together(round_).seal, by=actor_of(first))
    known = answers_of(round_.id)
    changes = (
        Change(statement, Reply(**{"choice": known[statement].reply.choice} | said), known[statement].version)
        for statement, said in words["changed"].items()
    )
    save_answers(round_, tuple(changes), by=actor_of(second))
