"""How is an event said? One sentence per action, a name per kind of record, and the labels of their states."""

from score_web.assessment.states import RoundState
from score_web.booking.states import BookingKind, BookingState
from score_web.core.words import N_, Sentence
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Role
from score_web.privacy.states import ErasureState, RequestState
from score_web.pulse.states import SurveyState
from score_web.trainers.certification import Level

ACTIONS = {
    "assessment_round.reopen": N_("Self-assessment reopened"),
    "assessment_round.start": N_("Self-assessment started"),
    "assessment_round.submit": N_("Self-assessment submitted and locked"),
    "assessment_round.verify": N_("Ratings of the trainer saved"),
    "booking.accept": N_("Booking confirmed"),
    "booking.cancel": N_("Booking cancelled"),
    "booking.complete": N_("Booking marked as completed"),
    "booking.decline": N_("Booking declined"),
    "booking.lapse": N_("Booking request lapsed: not answered in time"),
    "booking.request": N_("Booking requested"),
    "data_request.answer": N_("Request about personal data answered"),
    "data_request.asked": N_("Request about personal data sent"),
    "enrolment.approve": N_("Enrolment approved"),
    "enrolment.correct": N_("Enrolment corrected"),
    "enrolment.recheck": N_("Enrolment corrected; the institution looks at it again"),
    "enrolment.reject": N_("Enrolment not approved"),
    "enrolment.restart": N_("Enrolment started again"),
    "enrolment.return": N_("Enrolment returned for correction"),
    "enrolment.submit": N_("Enrolment submitted"),
    "enrolment.transfer": N_("Enrolment handed over to another institution"),
    "enrolment.withdraw": N_("Enrolment withdrawn"),
    "erasure.asked": N_("Erasure asked for"),
    "erasure.carry_out": N_("Erasure carried out"),
    "erasure.refuse": N_("Erasure refused"),
    "erasure.take_back": N_("Erasure taken back"),
    "evidence.add": N_("Evidence added"),
    "evidence.remove": N_("Evidence removed"),
    "organisation.changed": N_("Facts of the institution changed"),
    "organisation.erased": N_("Data of the enterprise erased"),
    "organisation.founded": N_("Institution founded"),
    "organisation.head_made": N_("Made head"),
    "organisation.invited": N_("Invitation sent"),
    "organisation.joined": N_("Joined"),
    "organisation.member_removed": N_("Access ended"),
    "person.activated": N_("Account activated"),
    "person.closed": N_("Account closed"),
    "person.consent_given": N_("Consent given"),
    "person.consent_withdrawn": N_("Consent withdrawn"),
    "person.data_exported": N_("Copy of the own data taken"),
    "person.email_changed": N_("E-mail changed"),
    "person.factor_off": N_("Second factor turned off"),
    "person.factor_removed": N_("Second factor removed by the institution"),
    "person.factor_set": N_("Second factor set up"),
    "person.link_made": N_("Link made to hand over"),
    "person.password_changed": N_("Password changed"),
    "person.password_reset": N_("New password by link"),
    "person.recovery_renewed": N_("New recovery codes"),
    "person.recovery_used": N_("Signed in with a recovery code"),
    "person.restored": N_("Account restored"),
    "person.sign_in_failed": N_("Password did not fit, or the account was not active"),
    "person.signed_in": N_("Signed in"),
    "person.signed_out": N_("Signed out"),
    "person.suspended": N_("Account suspended"),
    "pulse_survey.close": N_("Worker survey closed"),
    "pulse_survey.open": N_("Worker survey opened"),
    "pulse_survey.set_last_day": N_("Last day of the worker survey changed"),
    "trainer_profile.create": N_("Trainer profile set up"),
    "trainer_profile.days_off": N_("Days off changed"),
    "trainer_profile.end": N_("Trainer level ended"),
    "trainer_profile.grant": N_("Trainer level given"),
    "trainer_profile.save": N_("Trainer profile changed"),
}
KINDS = {
    "assessment_round": N_("Self-assessment"),
    "booking": N_("Booking"),
    "data_request": N_("Request about personal data"),
    "enrolment": N_("Enrolment"),
    "erasure": N_("Erasure"),
    "evidence": N_("Evidence"),
    "organisation": N_("Organisation"),
    "person": N_("Account"),
    "pulse_survey": N_("Worker survey"),
    "trainer_profile": N_("Trainer profile"),
}
STATES = {
    "assessment_round": RoundState,
    "booking": BookingState,
    "data_request": RequestState,
    "enrolment": EnrolmentState,
    "erasure": ErasureState,
    "pulse_survey": SurveyState,
}
LABELS = {"kind": BookingKind, "level": Level, "role": Role}


def what(action: str) -> str:
    """The sentence of an action; of one that an earlier release knew, its kind."""
    return ACTIONS.get(action) or KINDS.get(action.partition(".")[0], N_("Something else"))


def state(record_type: str, code: str) -> str:
    """The label of a state; days and other codes as they are."""
    states = STATES.get(record_type)
    return states(code).label if states and code in list(states) else code


def details(data: dict) -> list[Sentence | str]:
    """What the ids and codes of an event say, in a few words."""
    found: list[Sentence | str] = [Sentence(labels(data[name]).label) for name, labels in LABELS.items() if data.get(name) in list(labels)]
    if isinstance(data.get("module"), int):
        found.append(Sentence(N_("module %(n)s"), n=data["module"]))
    if isinstance(data.get("number"), int):
        found.append(Sentence(N_("no. %(n)s"), n=data["number"]))
    if isinstance(data.get("statement"), str):
        found.append(data["statement"])
    return found
