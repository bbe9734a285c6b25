"""Leaves as a report: PDF and Excel files of a self-assessment, and the blank questionnaire to print."""

from flask import abort, redirect, request, url_for

from score_web.access import allow, public
from score_web.assessment import questionnaire
from score_web.assessment.exports.blank import blank_pdf as blank
from score_web.assessment.exports.paper import Form, title
from score_web.assessment.exports.paper import report_pdf as set_report
from score_web.assessment.exports.report import report_of
from score_web.assessment.exports.wording import Words
from score_web.assessment.exports.workbook import report_xlsx as fill_workbook
from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment, is_own, modules
from score_web.core.db import let_go
from score_web.core.i18n import _, current_language, say
from score_web.core.web import as_download
from score_web.permissions import Permission

PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@assessment.get("/<int:assessment_round_id>/report.pdf")
@allow(Permission.ROUND_VIEW, on=AssessmentRound)
def report_pdf(assessment_round: AssessmentRound):
    """Of an open self-assessment only its own people get a draft."""
    own, form, words = is_own(assessment_round), _chosen(Form, "form", Form.PAGE), _words()
    if not own and assessment_round.state is not RoundState.SUBMITTED:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    report = report_of(assessment_round, own=own, with_pictures=form is Form.FULL)
    let_go()
    name = f"{report.enterprise[current_language()]} {title(report)} {say(form.label)} {say(words.label)}"
    plain = f"score-report-m{report.module.number}-no{report.number}-{form}-{words}.pdf"
    return as_download(set_report(report, form, words), f"{name}.pdf", plain, PDF)


@assessment.get("/<int:assessment_round_id>/report.xlsx")
@allow(Permission.ROUND_VIEW, on=AssessmentRound)
def report_xlsx(assessment_round: AssessmentRound):
    own, words = is_own(assessment_round), _words()
    if not own and assessment_round.state is not RoundState.SUBMITTED:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    report = report_of(assessment_round, own=own, with_pictures=False)
    let_go()
    name = f"{report.enterprise[current_language()]} {title(report)} {say(words.label)}"
    plain = f"score-report-m{report.module.number}-no{report.number}-{words}.xlsx"
    return as_download(fill_workbook(report, words), f"{name}.xlsx", plain, XLSX)


@modules.get("/<int:number>/blank.pdf")
@public
def blank_pdf(number: int):
    module = questionnaire.module(number) or abort(404)
    let_go()
    name = _("Questionnaire of module %(n)s %(title)s", n=number, title=say(module.title))
    return as_download(blank(module, _words()), f"{name}.pdf", f"score-questionnaire-m{number}.pdf", PDF)


def _words() -> Words:
    return _chosen(Words, "words", Words(current_language()))


def _chosen(kind, name: str, default):
    """What the address asks for; 404 for what there is not."""
    value = request.args.get(name, default)
    return kind(value) if value in set(kind) else abort(404)
