"""Pages of the worker survey: for the enterprise that runs it, and the one page that workers see."""

import secrets

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from score_web.access import allow, anonymous, current_actor
from score_web.assessment.models import AssessmentRound
from score_web.core import cookies, typesetting
from score_web.core.forms import clean, switching_language
from score_web.core.i18n import LANGUAGES, _, say
from score_web.core.web import flash_ok
from score_web.permissions import Permission
from score_web.pulse import anonymity, exports, queries, services
from score_web.pulse.cli import register_jobs
from score_web.pulse.forms import LastDayForm
from score_web.pulse.models import PulseSurvey

pulse = Blueprint("pulse", __name__, url_prefix="/<any(zh,en):lang>/pulse")
COOKIE = "answered"


def init_app(app) -> None:
    app.register_blueprint(pulse)
    app.register_error_handler(typesetting.NoFont, _no_font)
    register_jobs(app)


def _no_font(error: typesetting.NoFont):
    return render_template("pulse/no_font.html", sentence=say(error.sentence)), 503


@pulse.get("/")
@allow(Permission.PULSE_LIST)
def index():
    enterprise_id = current_actor().enterprise_id
    return render_template(
        "pulse/index.html", surveys=[(s, queries.module_asked(s)) for s in queries.surveys_of(enterprise_id)],
        rounds=[(r, queries.module_of(r)) for r in queries.rounds_without(enterprise_id)], steps=anonymity.in_steps,
    )


@pulse.post("/rounds/<int:assessment_round_id>/open")
@allow(Permission.PULSE_OPEN, on=AssessmentRound, back="pulse.index")
def open_survey(assessment_round: AssessmentRound):
    survey = services.open_survey(assessment_round, by=current_actor())
    flash_ok(_("The survey is open. Hang up the poster or pass on the link."))
    return redirect(url_for("pulse.show", pulse_survey_id=survey.id), 303)


@pulse.route("/<int:pulse_survey_id>", methods=["GET", "POST"])
@allow(Permission.PULSE_MANAGE, on=PulseSurvey)
def show(pulse_survey: PulseSurvey):
    form = LastDayForm(last_day=pulse_survey.last_day)
    if form.validate_on_submit():
        services.set_last_day(pulse_survey, form.last_day.data, by=current_actor())
        flash_ok(_("The last day is changed."))
        return redirect(url_for("pulse.show", pulse_survey_id=pulse_survey.id), 303)
    return render_template(
        "pulse/show.html", survey=pulse_survey, module=queries.module_asked(pulse_survey), form=form, lines=queries.lines_of(pulse_survey),
        link=exports.link(pulse_survey), qr=exports.qr_code(pulse_survey), lacking=typesetting.lacking(),
        head_count=queries.head_count(pulse_survey), told=anonymity.in_steps(pulse_survey.told),
    )


@pulse.post("/<int:pulse_survey_id>/close")
@allow(Permission.PULSE_MANAGE, on=PulseSurvey, back="pulse.show")
def close(pulse_survey: PulseSurvey):
    services.close_survey(pulse_survey, by=current_actor())
    flash_ok(_("The survey is closed."))
    return redirect(url_for("pulse.show", pulse_survey_id=pulse_survey.id), 303)


@pulse.get("/<int:pulse_survey_id>/poster.pdf")
@allow(Permission.PULSE_MANAGE, on=PulseSurvey)
def poster(pulse_survey: PulseSurvey):
    return _pdf(exports.poster(pulse_survey), f"score-m{pulse_survey.round.module}-poster.pdf")


@pulse.get("/<int:pulse_survey_id>/slips.pdf")
@allow(Permission.PULSE_MANAGE, on=PulseSurvey)
def slips(pulse_survey: PulseSurvey):
    return _pdf(exports.slips(pulse_survey), f"score-m{pulse_survey.round.module}-slips.pdf")


def _pdf(content: bytes, name: str) -> Response:
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f"inline; filename={name}"})


@pulse.route("/<int:pulse_survey_id>/keying", methods=["GET", "POST"])
@allow(Permission.PULSE_MANAGE, on=PulseSurvey)
def keying(pulse_survey: PulseSurvey):
    """One slip a page: the digits of its boxes, statement by statement."""
    statements = anonymity.asked(queries.module_asked(pulse_survey))
    typed = anonymity.read_slip(statements, request.form, clean)
    if request.method == "POST" and not g.get("refused") and not switching_language() and not typed.wrong:
        services.key_slip(pulse_survey, typed.said, key=_key())
        flash_ok(_("Slip keyed. The next one, please."))
        return redirect(url_for("pulse.keying", pulse_survey_id=pulse_survey.id), 303)
    page = render_template("pulse/keying.html", survey=pulse_survey, module=queries.module_asked(pulse_survey), statements=statements,
                           typed=typed, digits=anonymity.DIGITS, labels=anonymity.LABELS, key=_key())
    return page, 422 if typed.wrong and not switching_language() else 200


@pulse.route("/<string:token>", methods=["GET", "POST"])
@anonymous
def answer(token: str):
    survey = queries.survey_behind(token) or abort(404)
    if not survey.takes_answers:
        return render_template("pulse/closed.html", survey=survey), 410
    statements = anonymity.asked(queries.module_asked(survey))
    said = anonymity.read(statements, request.form)
    if request.method == "POST" and not g.get("refused") and not switching_language():
        services.take_answer(survey, said, key=_key())
        return _thanks(survey)
    if request.method != "POST" and "again" not in request.args and ("done" in request.args or cookies.kept(COOKIE, request.path)):
        return render_template("pulse/answered.html", survey=survey, done="done" in request.args)
    return render_template("pulse/answer.html", survey=survey, module=queries.module_asked(survey), statements=statements, said=said,
                           choices=anonymity.CHOICES, labels=anonymity.LABELS, no_idea=anonymity.NO_IDEA, key=_key())


def _thanks(survey: PulseSurvey) -> Response:
    """The only thing a phone keeps: that somebody answered on it, until the survey ends (a number of days would tell when).
    The survey has an address in each language."""
    response = redirect(url_for("pulse.answer", token=survey.token, done=1), 303)
    for lang in LANGUAGES:
        cookies.keep(response, COOKIE, "1", path=url_for("pulse.answer", lang=lang, token=survey.token), expires=survey.ends_at)
    return response


def _key() -> str:
    """The random number of a form: as sent, or a new one."""
    sent = request.form.get("key", "")
    return sent if anonymity.is_key(sent) else secrets.token_hex(16)
