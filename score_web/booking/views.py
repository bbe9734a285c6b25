"""Pages of bookings: ask, answer, look up, take into one's own calendar."""

from datetime import timedelta

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.accounts.models import Organisation
from score_web.accounts.queries import people_of
from score_web.assessment import queries as assessment
from score_web.assessment import questionnaire
from score_web.booking import exports, gate, queries, services
from score_web.booking.cli import booking as commands
from score_web.booking.contacts import contact_of
from score_web.booking.forms import AnswerForm, RequestForm
from score_web.booking.models import Booking
from score_web.booking.offers import day_of
from score_web.booking.queries.lists import lists_for
from score_web.booking.states import BOOKING, LIVE, BookingKind, BookingState, may_complete
from score_web.core import audit, clock, jobs
from score_web.core.db import db
from score_web.core.i18n import _, current_language, say
from score_web.core.web import flash_ok
from score_web.enrolment import queries as enrolment
from score_web.permissions import Permission, Role, permitted
from score_web.reference import divisions, sectors, workdays
from score_web.trainers import queries as trainers
from score_web.trainers.availability import monday, weeks

booking = Blueprint("booking", __name__, url_prefix="/<any(zh,en):lang>/booking")
STEPS = {"accept": Permission.BOOKING_ANSWER, "decline": Permission.BOOKING_ANSWER,
                 "cancel": Permission.BOOKING_CANCEL, "complete": Permission.BOOKING_COMPLETE}


def init_app(app) -> None:
    app.register_blueprint(booking)
    app.cli.add_command(commands)
    jobs.register(app, "bookings", every=timedelta(minutes=10), work=services.lapse_overdue)
    trainers.add_event_source(queries.calendar_events)


@booking.route("/")
@allow(Permission.BOOKING_LIST)
def index():
    return render_template("booking/index.html", lists=lists_for(current_actor(), request.args), modules=_modules_to_book())


def _modules_to_book() -> list:
    return questionnaire.modules() if current_actor().enterprise_id else []


@booking.route("/new", methods=["GET", "POST"])
@allow(Permission.BOOKING_REQUEST)
def new():
    module = questionnaire.module(request.args.get("module", 1, type=int)) or abort(404)
    enterprise = db.session.get(Organisation, current_actor().enterprise_id)
    kind, visits = _kind(enterprise.id, module.number)
    lines = gate.conditions(queries.facts_of(enterprise, module.number))
    is_open = kind is BookingKind.VISIT or gate.all_met(lines)
    earliest, page = day_of(request.args.get("from", "")), request.args.get("page", "")
    found, leads = queries.finder(enterprise, module.number, kind, page=page, earliest=earliest) if is_open else ([], None)
    form = RequestForm(found)
    if form.validate_on_submit():
        made = services.request_booking(enterprise, module=module.number, kind=kind, offer=form.chosen, message=form.message.data,
                                        place=form.place.data, by=current_actor())
        db.session.flush()
        flash_ok(_("Your request is on its way. The trainer has been told."))
        return redirect(url_for("booking.show", booking_id=made.id), 303)
    return render_template("booking/new.html", form=form, module=module, kind=kind, visits=visits, lines=lines, is_open=is_open,
                           modules=questionnaire.modules(), page=leads, earliest=earliest,
                           cards=queries.cards(form.by_key.values(), queries.class_lead(enterprise.id, module.number)))


def _kind(enterprise_id: int, module: int) -> tuple[BookingKind, bool]:
    """What is asked for: a visit once a class day has passed, unless a class is asked for."""
    visits = queries.may_visit(enterprise_id, module)
    return (BookingKind.VISIT if visits and request.args.get("kind") != "class" else BookingKind.CLASS), visits


@booking.route("/<int:booking_id>", methods=["GET", "POST"])
@allow(Permission.BOOKING_VIEW, on=Booking)
def show(booking):
    """POST only comes from the language switch: what was typed is shown again."""
    return _page(booking, AnswerForm())


@booking.route("/<int:booking_id>/accept", methods=["GET", "POST"])
@allow(Permission.BOOKING_ANSWER, on=Booking)
def accept(booking):
    form = AnswerForm()
    if form.validate_on_submit():
        services.accept_booking(booking, note=form.note.data, by=current_actor())
        return _done(booking, _("Accepted. The days are yours, and everybody has been told."))
    return _page(booking, form)


@booking.route("/<int:booking_id>/decline", methods=["GET", "POST"])
@allow(Permission.BOOKING_ANSWER, on=Booking)
def decline(booking):
    form = AnswerForm()
    if form.validate_on_submit():
        services.decline_booking(booking, reason=form.reason.data, by=current_actor())
        return _done(booking, _("Declined. The enterprise has been told why."))
    return _page(booking, form)


@booking.route("/<int:booking_id>/cancel", methods=["GET", "POST"])
@allow(Permission.BOOKING_CANCEL, on=Booking)
def cancel(booking):
    form = AnswerForm()
    if form.validate_on_submit():
        services.cancel_booking(booking, reason=form.reason.data, by=current_actor())
        return _done(booking, _("Cancelled. The days are free again, and everybody has been told why."))
    return _page(booking, form)


@booking.route("/<int:booking_id>/complete", methods=["GET", "POST"])
@allow(Permission.BOOKING_COMPLETE, on=Booking)
def complete(booking):
    form = AnswerForm()
    if form.validate_on_submit():
        services.complete_booking(booking, by=current_actor())
        return _done(booking, _("Marked as completed."))
    return _page(booking, form)


@booking.route("/<int:booking_id>/calendar.ics")
@allow(Permission.BOOKING_VIEW, on=Booking)
def calendar_file(booking):
    response = Response(exports.calendar_file(booking, current_actor()), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f"attachment; filename=score-{booking.id}.ics"
    return response


def _done(booking: Booking, sentence: str):
    flash_ok(sentence)
    return redirect(url_for("booking.show", booking_id=booking.id), 303)


def _page(booking: Booking, form: AnswerForm) -> str:
    actor = current_actor()
    is_trainer = actor.person_id in booking.trainer_ids
    pending = booking.state_now is BookingState.REQUESTED
    checks = queries.checks_of(booking) if pending and is_trainer else []
    blocked = [line for line in checks if not line.met]
    if blocked and not form.reason.data and request.endpoint != "booking.decline":
        form.reason.data = say(gate.DECLINE_BECAUSE[blocked[0].name])
    return render_template(
        "booking/show.html", booking=booking, form=form, steps=_steps(booking), is_trainer=is_trainer, pending=pending,
        weeks=_weeks(booking) if is_trainer else [], checks=checks, blocked=blocked,
        rivals=queries.rivals(booking) if pending else [], events=audit.history(booking),
        profiles=trainers.profiles_of(booking.trainer_ids), module=questionnaire.module(booking.module), **_enterprise_facts(booking),
    )


def _steps(booking: Booking) -> list[str]:
    """The buttons: what the state allows and this person may do."""
    steps = [step for step in BOOKING.open_steps(booking.state_now) if step in STEPS and permitted(STEPS[step], current_actor(), booking)]
    return [step for step in steps if step != "complete" or may_complete(booking.last_day, clock.today())]


def _weeks(booking: Booking) -> list:
    """The trainer's own calendar around the wish."""
    profile = trainers.profile_of(current_actor().person_id)
    if profile is None:
        return []
    last = monday(booking.last_day) + timedelta(days=6)
    return weeks(trainers.calendar_of(profile, monday(booking.first_day), last))


def _enterprise_facts(booking: Booking) -> dict:
    """A trainer sees place, sector and size; the results only once there is a mandate."""
    applied = enrolment.enrolment_of(booking.enterprise_id)
    latest = assessment.latest_submitted(booking.enterprise_id, booking.module)
    comes = booking.state in LIVE and current_actor().person_id in booking.trainer_ids
    may_see = latest is not None and booking.state in LIVE and permitted(Permission.ROUND_VIEW, current_actor(), latest)
    return {
        "contacts": people_of(booking.enterprise_id, Role.ENTERPRISE) if comes else [], "applied": applied,
        "contact": contact_of(applied) if comes else None,
        "place": divisions.place_name(booking.enterprise.division_code, current_language()),
        "sector": sectors.sector(applied.sector) if applied else None, "results": latest if may_see else None,
        "provisional": any(workdays.is_provisional(day) for day in booking.days),
    }
