"""What happens to people's data at their wish or by the calendar: one file per matter, all of it importable from here."""

from score_web.privacy.services.asking import answer_request, ask
from score_web.privacy.services.choosing import give, withdraw
from score_web.privacy.services.confirming import doubt_about
from score_web.privacy.services.enterprises import ask_erasure, carry_out_erasure, erase_enterprise, refuse_erasure
from score_web.privacy.services.exporting import allow_export
from score_web.privacy.services.keeping import BATCH, OURS, apply, count_due, erasures_due
from score_web.privacy.services.people import carry_out, erase_person, leave_later, stay, take_back
from score_web.privacy.services.sharing import write_receipt

__all__ = [
    "BATCH",
    "OURS",
    "allow_export",
    "answer_request",
    "apply",
    "ask",
    "ask_erasure",
    "carry_out",
    "carry_out_erasure",
    "count_due",
    "doubt_about",
    "erase_enterprise",
    "erase_person",
    "erasures_due",
    "give",
    "leave_later",
    "refuse_erasure",
    "stay",
    "take_back",
    "withdraw",
    "write_receipt",
]
