"""Photos and documents behind an answer: adding, looking at, removing, taking all of them home."""

from flask import Response, abort, redirect, render_template, request, send_file, url_for

from score_web.access import allow, current_actor
from score_web.assessment import queries, services
from score_web.assessment.evidence import LARGEST, MOST_PER_STATEMENT, EvidenceKind
from score_web.assessment.forms import EvidenceForm
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.assessment.queries.evidence import evidence_of
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment, is_own
from score_web.core import uploads
from score_web.core.db import let_go
from score_web.core.i18n import _
from score_web.core.web import file_name, flash_ok
from score_web.permissions import Permission

MOST_SENT = 64 * 1024 * 1024  # more than LARGEST, so that a video chosen by mistake gets a sentence beside the field


@assessment.before_request
def _let_files_in() -> None:
    """Only here may so much be sent. All of it has arrived before a transaction begins: a slow phone keeps nobody waiting."""
    if request.endpoint == "assessment.evidence_add" and request.method == "POST":
        request.max_content_length = MOST_SENT
        request.files  # noqa: B018


@assessment.route("/<int:assessment_round_id>/evidence/<statement>", methods=["GET", "POST"])
@allow(Permission.ROUND_FILL, on=AssessmentRound)
def evidence_add(assessment_round: AssessmentRound, statement: str):
    asked = queries.module_of(assessment_round).statement(statement)
    if asked is None or not asked.evidence:
        abort(404)
    if request.method == "POST":
        let_go()  # looking at a picture takes a while
    form = EvidenceForm(asked)
    if form.validate_on_submit():
        for looked in form.looked:
            words = {"made_on": form.day_of(looked), "caption": form.caption.data}
            services.add_evidence(assessment_round, asked, looked, **words, by=current_actor())
        flash_ok(_("Stored. Add another one, or go back to the statement."))
        return redirect(url_for("assessment.evidence_add", assessment_round_id=assessment_round.id, statement=statement), 303)
    if assessment_round.state is not RoundState.OPEN and not form.refusal:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id, _anchor="evidence"))
    return _page(assessment_round, asked, form)


def _page(round_: AssessmentRound, asked, form: EvidenceForm):
    theme = next(theme for theme in queries.module_of(round_).themes if asked in theme.statements)
    return render_template(
        "assessment/evidence_add.html", form=form, round=round_, statement=asked, theme=theme, most=MOST_PER_STATEMENT,
        largest=LARGEST // 1024**2, pieces=evidence_of(round_.id, asked.id).get(asked.id, []),
    )


@assessment.post("/evidence/<int:evidence_id>/remove")
@allow(Permission.ROUND_FILL, on=Evidence, back="assessment.hub")
def evidence_remove(evidence: Evidence):
    round_id, statement = evidence.round_id, evidence.statement
    services.remove_evidence(evidence, by=current_actor())
    flash_ok(_("Removed."))
    return redirect(url_for("assessment.evidence_add", assessment_round_id=round_id, statement=statement), 303)


@assessment.get("/evidence/<int:evidence_id>/file")
@allow(Permission.EVIDENCE_VIEW, on=Evidence)
def evidence_file(evidence: Evidence):
    """A photo is shown: we wrote it ourselves. A document is only ever downloaded."""
    return _send(uploads.open_stored(evidence.file_key), evidence.media_type, evidence.name, shown=evidence.kind is EvidenceKind.PHOTO)


@assessment.get("/evidence/<int:evidence_id>/preview")
@allow(Permission.EVIDENCE_VIEW, on=Evidence)
def evidence_thumbnail(evidence: Evidence):
    return _send(uploads.open_stored(evidence.thumbnail_key or abort(404)), "image/jpeg", evidence.name, shown=True)


@assessment.get("/<int:assessment_round_id>/evidence.zip")
@allow(Permission.EVIDENCE_VIEW, on=AssessmentRound)
def evidence_zip(assessment_round: AssessmentRound):
    numbers = {"number": assessment_round.number, "module": assessment_round.module}
    name = _("Evidence of self-assessment no. %(number)s, module %(module)s", **numbers)
    packed = services.pack_evidence(assessment_round, with_names=is_own(assessment_round))
    return _send(packed, "application/zip", f"{name}.zip", shown=False)


def _send(file, media_type: str, name: str, *, shown: bool) -> Response:
    response = send_file(file, media_type, as_attachment=not shown, download_name=file_name(name))
    response.headers["Cache-Control"] = "private, no-store"
    return response
