"""What came out: the results page, and reopening a submitted self-assessment."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor
from score_web.assessment import queries, questionnaire, services, sheet
from score_web.assessment.findings import SEGMENTS, Findings
from score_web.assessment.forms import ReopenForm
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import joint
from score_web.assessment.queries.benchmark import benchmarks_of
from score_web.assessment.queries.evidence import earlier_evidence, evidence_of
from score_web.assessment.queries.lenses import lenses_of, trainer_ratings_of, voice_of
from score_web.assessment.questionnaire import Module
from score_web.assessment.states import ROUND, RoundState
from score_web.assessment.views.blueprint import assessment, is_own
from score_web.core import audit
from score_web.core.i18n import _, folded_for
from score_web.core.web import flash_ok
from score_web.permissions import Permission, permitted


@assessment.get("/<int:assessment_round_id>/results")
@allow(Permission.ROUND_VIEW, on=AssessmentRound)
def results(assessment_round: AssessmentRound):
    """Only what was submitted is shown to anybody; of an open one no more than its state. As on a theme page, the questionnaire is
    folded in once."""
    if assessment_round.state is not RoundState.SUBMITTED:
        return render_template("assessment/results_open.html", round=assessment_round, own=is_own(assessment_round))
    module = queries.module_of(assessment_round)
    known = {"module": module, "segments": SEGMENTS, "scale": questionnaire.SCALE}
    template = folded_for("assessment/results.html", f"{module.id} {module.fingerprint}", known)
    return render_template(template, round=assessment_round, **known, **_own_view(assessment_round, module),
                           **_what_may_be_done(assessment_round))


def _own_view(round_: AssessmentRound, module: Module) -> dict:
    """The submitted answers, what they came to, and how others see the same."""
    stored, earlier = queries.answers_of(round_.id), queries.earlier_submitted(round_)
    score, evidence = queries.score_answers(round_, stored), evidence_of(round_.id)
    answers = {statement.id: stored.get(statement.id, sheet.NOTHING) for statement in module.statements}
    return {
        "answers": answers, "marked": [number for number, one in answers.items() if one.reply.discuss], "earlier": earlier,
        "found": Findings(score, queries.score_of(earlier) if earlier else None),
        "seen": lenses_of(round_, score), "voice": voice_of(round_), "ratings": trainer_ratings_of(round_.id),
        "circles": benchmarks_of(round_) if is_own(round_) else [],
        "evidence": {statement.id: evidence[statement.id] for statement in module.statements if statement.id in evidence},
        "earlier_evidence": earlier_evidence(round_), "history": audit.history(round_),
        "enterprise": queries.enterprise_with(round_), "people": joint.people_of(round_),
    }


def _what_may_be_done(round_: AssessmentRound) -> dict:
    actor = current_actor()
    return {"own": is_own(round_), "may_reopen": permitted(Permission.ROUND_REOPEN, actor, round_),
            "may_verify": permitted(Permission.ROUND_VERIFY, actor, round_)}


@assessment.route("/<int:assessment_round_id>/reopen", methods=["GET", "POST"])
@allow(Permission.ROUND_REOPEN, on=AssessmentRound)
def reopen(assessment_round: AssessmentRound):
    form = ReopenForm()
    if form.validate_on_submit():
        services.reopen_round(assessment_round, by=current_actor(), reason=form.reason.data)
        flash_ok(_("Reopened. The enterprise has been told."))
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id), 303)
    return render_template("assessment/reopen.html", form=form, round=assessment_round,
                           possible=ROUND.allows("reopen", assessment_round.state))
