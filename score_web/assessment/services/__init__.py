"""What happens to self-assessments: one file per matter, all of it importable from here."""

from score_web.assessment.services.filling import Saved, reopen_round, save_answers, start_round, submit_round

__all__ = ["Saved", "reopen_round", "save_answers", "start_round", "submit_round"]
