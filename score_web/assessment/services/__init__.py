"""What happens to self-assessments: one file per matter, all of it importable from here."""

from score_web.assessment.services.filling import Saved, reopen_round, save_answers, start_round, submit_round
from score_web.assessment.services.lenses import add_worker_values, set_worker_responses

__all__ = [
    "Saved",
    "add_worker_values",
    "reopen_round",
    "save_answers",
    "set_worker_responses",
    "start_round",
    "submit_round",
]
