"""What happens to self-assessments: one file per matter, all of it importable from here."""

from score_web.assessment.services.evidence import add_evidence, look_at, remove_evidence
from score_web.assessment.services.filling import Saved, reopen_round, save_answers, start_round, submit_round
from score_web.assessment.services.joint import set_together
from score_web.assessment.services.lenses import add_worker_values, set_worker_responses
from score_web.assessment.services.packing import pack_evidence
from score_web.assessment.services.verifying import rate_as_trainer

__all__ = [
    "Saved",
    "add_evidence",
    "add_worker_values",
    "look_at",
    "pack_evidence",
    "rate_as_trainer",
    "remove_evidence",
    "reopen_round",
    "save_answers",
    "set_together",
    "set_worker_responses",
    "start_round",
    "submit_round",
]
