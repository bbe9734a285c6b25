"""What one may correct oneself and where; asking for the rest, and the institution's answers."""

from flask import redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission, Role
from score_web.privacy import queries, services
from score_web.privacy.forms import AnswerForm, AskForm
from score_web.privacy.models import DataRequest
from score_web.privacy.views.blueprint import privacy


@privacy.route("/correct", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def correct():
    form, actor = AskForm(), current_actor()
    if form.validate_on_submit():
        services.ask(form.text.data, by=actor)
        flash_ok(_("Sent. The answer comes to your inbox and stands on this page."))
        return redirect(url_for("privacy.correct"), 303)
    return render_template("privacy/correct.html", form=form, asked=queries.requests_of(actor.person_id),
                           trainer=actor.has(Role.TRAINER))


@privacy.get("/requests")
@allow(Permission.PEOPLE_MANAGE)
def requests():
    actor, words = current_actor(), request.args
    return render_template("privacy/requests.html", requests=queries.requests_to_answer(actor, words.get("page", "")),
                           erasures=queries.erasures_to_confirm(actor, words.get("erasures", "")))


@privacy.route("/requests/<int:data_request_id>", methods=["GET", "POST"])
@allow(Permission.DATA_REQUEST_ANSWER, on=DataRequest)
def answer(data_request: DataRequest):
    form = AnswerForm()
    if form.validate_on_submit():
        services.answer_request(data_request, form.answer.data, by=current_actor())
        flash_ok(_("Sent. The person has been told."))
        return redirect(url_for("privacy.requests"), 303)
    return render_template("privacy/answer.html", form=form, asked=data_request)
