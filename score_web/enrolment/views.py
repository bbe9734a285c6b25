"""Pages around an enrolment: the eligibility check for everybody, the form for enterprises, queue and review for partners."""

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for

from score_web.access import allow, current_actor, public
from score_web.accounts.models import Organisation
from score_web.accounts.queries import institutions
from score_web.core import cookies, paging
from score_web.core.db import db
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.enrolment import eligibility as rules
from score_web.enrolment import queries, services
from score_web.enrolment.answers import employees, problems
from score_web.enrolment.changes import changes
from score_web.enrolment.checks import findings
from score_web.enrolment.fields import BY_NAME, CONFIRMED, FIELDS, HINTS, PEOPLE, STEPS, of_step, shown
from score_web.enrolment.forms import STEP_FORMS, CheckForm, DecisionForm, EligibilityForm, TransferForm
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import listing
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Permission, Role
from score_web.reference import credit_code
from score_web.reference.divisions import NATIONWIDE, place_name, prefixes
from score_web.reference.sectors import sectors

enrolment = Blueprint("enrolment", __name__, url_prefix="/<any(zh,en):lang>")
COOKIE = "eligibility"  # survives registering and signing in; holds no name
_S = EnrolmentState


def init_app(app) -> None:
    app.register_blueprint(enrolment)


@enrolment.context_processor
def _fields() -> dict:
    return {"all_fields": FIELDS, "by_name": BY_NAME, "of_step": of_step, "shown": shown, "steps": STEPS,
            "said": paging.said, "many": paging.MANY}


@enrolment.get("/eligibility")
@public
def eligibility():
    form = EligibilityForm(request.args)
    asked = bool(set(request.args) & {"employees", "province", "sector"})
    if not asked or not form.validate():
        return render_template("enrolment/eligibility.html", form=form, answer=None)
    answers = (form.employees.data, form.province.data, form.sector.data)
    reasons = rules.check(*answers, current_app.config["SIZE_MIN"], current_app.config["SIZE_MAX"])
    page = render_template(
        "enrolment/eligibility.html", form=form, answer=rules.verdict(reasons), reasons=reasons,
        responsible=queries.institutions_in(form.province.data), areas=_areas, manufacturing=form.sector.data != rules.ELSEWHERE,
    )  # fmt: skip
    return _remembering(page, answers)


def _remembering(page: str, answers: tuple):
    """The answers wait on this device, so that the draft begins with them; signing in would empty the session."""
    response = make_response(page)
    cookies.keep(response, COOKIE, ".".join(map(str, answers)), max_age=30 * 86400)
    return response


def _areas(institution) -> str:
    """The places an institution serves, by name; nothing for a nationwide one."""
    if institution.scope == NATIONWIDE:
        return ""
    return (", " if g.lang == "en" else "、").join(place_name(prefix, g.lang) for prefix in prefixes(institution.scope))


def _carried_over() -> dict[str, str]:
    """What was answered on the eligibility page on this device, as the start of a draft."""
    parts = [*(cookies.kept(COOKIE) or "").split("."), "", "", ""][:3]
    found = dict(zip((*HINTS, "sector"), parts, strict=True))
    known = {one.code for one in sectors()}
    return {
        "employees": found["employees"] if found["employees"].isdecimal() and len(found["employees"]) < 7 else "",
        "province": found["province"] if found["province"].isdecimal() and len(found["province"]) == 6 else "",
        "sector": found["sector"] if found["sector"] in known else "",
    }


@enrolment.get("/enrolment/")
@allow(Permission.ENROLMENT_OPEN)
def start():
    """Sends to where the enrolment stands; a first visit sees what it takes."""
    own = queries.enrolment_of(current_actor().enterprise_id)
    if own is None:
        return render_template("enrolment/start.html")
    return redirect(url_for("enrolment.show", enrolment_id=own.id), 303)


@enrolment.post("/enrolment/begin")
@allow(Permission.ENROLMENT_OPEN, back="enrolment.start")
def begin():
    begun = services.begin_enrolment(current_actor().enterprise_id, hints=_carried_over())
    return redirect(url_for("enrolment.step", enrolment_id=begun.id, number=1), 303)


@enrolment.get("/enrolment/<int:enrolment_id>")
@allow(Permission.ENROLMENT_VIEW, on=Enrolment)
def show(enrolment):
    if enrolment.enterprise_id not in current_actor().organisations(Role.ENTERPRISE):
        return render_template("enrolment/reading.html", enrolment=enrolment, review=queries.review_of(enrolment))
    return render_template(
        "enrolment/show.html",
        enrolment=enrolment,
        wrong=problems(enrolment.answers, services.band()),
        versions=queries.versions_of(enrolment),
        history=queries.history_of(enrolment),
    )


@enrolment.route("/enrolment/<int:enrolment_id>/step/<int(min=1, max=2):number>", methods=["GET", "POST"])
@allow(Permission.ENROLMENT_WRITE, on=Enrolment)
def step(enrolment, number):
    if request.method != "POST" and enrolment.state not in (*services.EDITABLE, _S.APPROVED):
        return redirect(url_for("enrolment.show", enrolment_id=enrolment.id), 303)
    form = _step_form(enrolment, number)
    place = _correct(enrolment, form) if enrolment.state is _S.APPROVED else _save(enrolment, form, number)
    if place:
        return redirect(place, 303)
    stored = {field.name: enrolment.answers.get(field.name) for field in of_step(number)}
    stale = form.is_submitted() and form.shown_version() != enrolment.version
    newer = changes(stored, form.typed()) if stale else []
    form.version.data = str(enrolment.version)
    return render_template(
        "enrolment/step.html",
        enrolment=enrolment,
        form=form,
        number=number,
        newer=newer,
        total=employees(enrolment.answers | form.typed()),
        band=services.band(),
    )


def _step_form(enrolment, number: int):
    stored = enrolment.answers
    confirmed = bool(stored.get(CONFIRMED)) and stored.get(CONFIRMED) == credit_code.normalise(stored.get("code", ""))
    modules = stored.get("modules") or ["1"]
    known = stored | {"modules": modules.split(",") if isinstance(modules, str) else modules, CONFIRMED: confirmed}
    return STEP_FORMS[number](data=known | {"version": enrolment.version}).keep(services.band(), stored)


def _save(enrolment, form, number: int) -> str | None:
    """Everything typed is kept, right or wrong; where to go, or None to stay with the errors."""
    if not form.arrived():
        return None
    services.save_draft(enrolment, typed=form.typed(), shown=form.shown_version())
    form.version.data = str(enrolment.version)
    if request.form.get("do") == "later":
        flash_ok(_("Saved. Nothing has been submitted yet: go on whenever you like."))
        return url_for("enrolment.show", enrolment_id=enrolment.id)
    if not form.validate():
        return None
    if number == PEOPLE:
        return url_for("enrolment.check", enrolment_id=enrolment.id)
    return url_for("enrolment.step", enrolment_id=enrolment.id, number=number + 1)


def _correct(enrolment, form) -> str | None:
    """After approval only what is right is kept."""
    if not form.arrived() or not form.validate():
        return None
    sent = services.correct_enrolment(enrolment, typed=form.typed(), by=current_actor(), shown=form.shown_version())
    flash_ok(_("Sent: the partner institution looks at the change. You keep working meanwhile.") if sent else _("Your data are corrected."))
    return url_for("enrolment.show", enrolment_id=enrolment.id)


@enrolment.route("/enrolment/<int:enrolment_id>/check", methods=["GET", "POST"])
@allow(Permission.ENROLMENT_WRITE, on=Enrolment)
def check(enrolment):
    if request.method != "POST" and enrolment.state not in services.EDITABLE:
        return redirect(url_for("enrolment.show", enrolment_id=enrolment.id), 303)
    form = CheckForm(data={"version": enrolment.version})
    candidates = queries.institutions_for(enrolment.answers.get("division_code") or "-")
    form.institution.choices = [(one.id, one.name(g.lang)) for one in candidates]
    if form.validate_on_submit():
        services.submit_enrolment(enrolment, by=current_actor(), shown=form.shown_version(), institution_id=form.institution.data)
        flash_ok(_("Submitted. %(institution)s has been told and decides.", institution=enrolment.institution.name(g.lang)))
        return redirect(url_for("enrolment.show", enrolment_id=enrolment.id), 303)
    form.version.data = str(enrolment.version)
    return render_template(
        "enrolment/check.html", enrolment=enrolment, form=form, candidates=candidates, wrong=problems(enrolment.answers, services.band())
    )


@enrolment.post("/enrolment/<int:enrolment_id>/withdraw")
@allow(Permission.ENROLMENT_WRITE, on=Enrolment, back="enrolment.show")
def withdraw(enrolment):
    services.withdraw_enrolment(enrolment, by=current_actor())
    flash_ok(_("Withdrawn. Your data are kept; you can start again whenever you like."))
    return redirect(url_for("enrolment.show", enrolment_id=enrolment.id), 303)


@enrolment.post("/enrolment/<int:enrolment_id>/restart")
@allow(Permission.ENROLMENT_WRITE, on=Enrolment, back="enrolment.show")
def restart(enrolment):
    services.restart_enrolment(enrolment, by=current_actor())
    return redirect(url_for("enrolment.step", enrolment_id=enrolment.id, number=1), 303)


@enrolment.get("/enrolment/queue")
@allow(Permission.QUEUE_VIEW)
def queue():
    actor, low, high = current_actor(), current_app.config["SIZE_MIN"], current_app.config["SIZE_MAX"]
    wanted = listing.Filter.from_words(request.args)
    page = listing.queue(actor, wanted, low, high)
    return render_template(
        "enrolment/queue.html",
        page=page,
        twice=queries.codes_twice([one for one, _version in page.rows]),
        wanted=wanted,
        counts=listing.counts(actor, wanted.area),
        oldest=listing.oldest_waiting(actor),
        sectors=sectors(),
        own=actor.organisations(Role.PARTNER),
        place_name=place_name,
        waited=queries.days_waited,
        band=services.band(),
    )


@enrolment.route("/enrolment/<int:enrolment_id>/review", methods=["GET", "POST"])
@allow(Permission.ENROLMENT_DECIDE, on=Enrolment)
def review(enrolment):
    form = DecisionForm()
    if form.validate_on_submit():
        _decide(enrolment, form)
        return redirect(url_for("enrolment.queue"), 303)
    form.version.data = str(enrolment.version)
    return render_template(
        "enrolment/review.html",
        enrolment=enrolment,
        form=form,
        review=queries.review_of(enrolment),
        days=queries.days_waited(enrolment.submitted_at),
        override=services.needs_override(enrolment),
        findings=findings(enrolment.code, enrolment.division_code, enrolment.employees, services.band()),
        duplicates=queries.duplicates_of(enrolment),
        following=listing.oldest_waiting(current_actor(), after=enrolment),
    )


def _decide(enrolment, form) -> None:
    told = {"by": current_actor(), "shown": form.shown_version(), "reason": form.reason.data or ""}
    name = enrolment.name_zh if g.lang == "zh" else enrolment.name_en or enrolment.name_zh
    if form.decision.data == "approve":
        services.approve_enrolment(enrolment, **told)
        flash_ok(_("Approved: %(name)s. The enterprise has been told.", name=name))
    elif form.decision.data == "return":
        services.return_enrolment(enrolment, remarks=form.remarks(), **told)
        flash_ok(_("Returned for correction: %(name)s. The enterprise has been told.", name=name))
    else:
        services.reject_enrolment(enrolment, **told)
        flash_ok(_("Not approved: %(name)s. The enterprise has been told.", name=name))


@enrolment.route("/enrolment/<int:enrolment_id>/transfer", methods=["GET", "POST"])
@allow(Permission.ENROLMENT_DECIDE, on=Enrolment)
def transfer(enrolment):
    form = TransferForm()
    others = [one for one in institutions() if one.id != enrolment.institution_id]
    form.institution.choices = [("", _("Choose an institution"))] + [(str(one.id), one.name(g.lang)) for one in others]
    if form.validate_on_submit():
        target = db.session.get(Organisation, int(form.institution.data))
        services.transfer_enrolment(enrolment, to_id=target.id, by=current_actor(), shown=form.shown_version(), reason=form.reason.data)
        flash_ok(_("Handed over to %(institution)s.", institution=target.name(g.lang)))
        return redirect(url_for("enrolment.queue"), 303)
    form.version.data = str(enrolment.version)
    return render_template("enrolment/transfer.html", enrolment=enrolment, form=form)
