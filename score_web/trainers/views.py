"""Pages of trainers and of the partner institutions that certify them."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.accounts.models import Person
from score_web.assessment import questionnaire
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.forms import clean
from score_web.core.i18n import _, current_language, say, show_day
from score_web.core.web import flash_ok, flash_warning
from score_web.core.words import N_
from score_web.permissions import Permission, permitted
from score_web.reference import divisions
from score_web.trainers import queries, services
from score_web.trainers.availability import DayState, last_shown, monday, weeks
from score_web.trainers.certification import Level
from score_web.trainers.forms import DaysForm, LevelForm, ProfileForm
from score_web.trainers.models import TrainerProfile

LANGUAGE_NAMES = {"zh": N_("Chinese"), "en": N_("English")}

trainers = Blueprint("trainers", __name__, url_prefix="/<any(zh,en):lang>/trainers")


def init_app(app) -> None:
    app.register_blueprint(trainers)


@trainers.app_context_processor
def _words() -> dict:
    """For every page that shows a trainer: provinces and languages in words."""
    return {"places": _places, "languages": _languages}


def _places(profile: TrainerProfile) -> str:
    comma = "、" if current_language() == "zh" else ", "
    known = filter(None, map(divisions.province, profile.provinces.split(",")))
    return comma.join(say(place.name) for place in known)


def _languages(profile: TrainerProfile) -> str:
    comma = "、" if current_language() == "zh" else ", "
    return comma.join(_(LANGUAGE_NAMES[code]) for code in profile.languages.split(",") if code in LANGUAGE_NAMES)


@trainers.route("/profile", methods=["GET", "POST"])
@allow(Permission.TRAINER_PROFILE)
def profile():
    actor = current_actor()
    mine = queries.profile_of(actor.person_id)
    form = ProfileForm(
        provinces=mine.provinces.split(","), languages=mine.languages.split(","), weekdays=mine.weekdays.split(","), about=mine.about,
    ) if mine else ProfileForm(languages=["zh"], weekdays=["1", "2", "3", "4", "5"])
    if form.validate_on_submit():
        mine = services.ensure_profile(db.session.get(Person, actor.person_id), by=actor)
        services.save_profile(mine, provinces=form.provinces.data, languages=form.languages.data,
                              weekdays=form.weekdays.data, about=form.about.data, by=actor)
        flash_ok(_("Your profile is saved."))
        return redirect(url_for("trainers.profile"), 303)
    return render_template("trainers/profile.html", form=form, profile=mine, modules=questionnaire.modules())


@trainers.route("/days", methods=["GET", "POST"])
@allow(Permission.TRAINER_PROFILE)
def days():
    mine = queries.profile_of(current_actor().person_id)
    if mine is None:
        return redirect(url_for("trainers.profile"), 303)
    first = monday(clock.today() + timedelta(days=1))  # on a Sunday the new week is what counts
    shown = queries.calendar_of(mine, first, last_shown(clock.today()))
    coming = [box for box in shown if box.day >= clock.today()]
    changeable = {box.day for box in coming if box.changeable}
    form = DaysForm(days=changeable | {box.day for box in coming if box.state is DayState.BOOKED},
                    was={box.day for box in coming if box.changeable and box.state is DayState.OFF})
    if form.validate_on_submit():
        services.change_days_off(mine, **form.changes, by=current_actor())
        flash_ok(_("Your days are saved."))
        _warn_of_requests([box for box in coming if box.day in form.changes["add"] and box.events])
        return redirect(url_for("trainers.days"), 303)
    return render_template("trainers/days.html", form=form, weeks=weeks(shown), today=clock.today(), changeable=changeable)


def _warn_of_requests(boxes: list) -> None:
    """Somebody waits for an answer about a day that is off from now on."""
    found = {event.values["booking_id"]: (event, box.day) for box in reversed(boxes) for event in box.events}
    for event, day in found.values():
        flash_warning(_("%(who)s has asked for %(day)s and still waits for your answer. Please decline it and say why.",
                        who=say(event.text), day=show_day(day)), _("Answer the request"), url_for(event.endpoint, **event.values))


@trainers.route("/")
@allow(Permission.TRAINER_LIST)
def index():
    words, module = request.args, request.args.get("module", 0, type=int)
    wanted = queries.Wanted(
        words.get("all") == "1", clean(words.get("q"))[:100], module if 0 < module < 10 else None,
        next((place.code for place in divisions.provinces() if place.code == words.get("province")), ""), words.get("page", ""))
    return render_template(
        "trainers/index.html", wanted=wanted, page=queries.trainers_of(current_actor(), wanted), modules=questionnaire.modules(),
        provinces=divisions.provinces(), without_profile=queries.without_profile(current_actor()),
    )


@trainers.post("/people/<int:person_id>")
@allow(Permission.PERSON_OVERSEE, on=Person, back="trainers.index")
def create(person):
    made = services.ensure_profile(person, by=current_actor())
    db.session.flush()
    flash_ok(_("The profile is there. Now give the first level."))
    return redirect(url_for("trainers.show", trainer_profile_id=made.id), 303)


@trainers.route("/<int:trainer_profile_id>", methods=["GET", "POST"])
@allow(Permission.TRAINER_VIEW, on=TrainerProfile)
def show(trainer_profile):
    return _page(trainer_profile, LevelForm())


@trainers.route("/<int:trainer_profile_id>/level", methods=["GET", "POST"])
@allow(Permission.TRAINER_CERTIFY, on=TrainerProfile)
def level(trainer_profile):
    form = LevelForm()
    if form.validate_on_submit():
        services.grant_level(trainer_profile, module=form.module.data, level=Level(form.level.data), by=current_actor())
        flash_ok(_("Saved. The trainer is told."))
        return redirect(url_for("trainers.show", trainer_profile_id=trainer_profile.id), 303)
    return _page(trainer_profile, form)


@trainers.post("/<int:trainer_profile_id>/level/<int:module>/end")
@allow(Permission.TRAINER_CERTIFY, on=TrainerProfile, back="trainers.show")
def end_level(trainer_profile, module):
    services.end_level(trainer_profile, module=module, reason=clean(request.form.get("reason")), by=current_actor())
    flash_ok(_("Ended. The trainer is told; bookings already accepted stay."))
    return redirect(url_for("trainers.show", trainer_profile_id=trainer_profile.id), 303)


def _page(profile: TrainerProfile, form: LevelForm) -> str:
    may = permitted(Permission.TRAINER_CERTIFY, current_actor(), profile) and profile.person_id != current_actor().person_id
    return render_template(
        "trainers/show.html", profile=profile, form=form, may_certify=may, events=audit.history(profile),
        levels={c.module: c for c in profile.certifications if c.ended_at is None}, modules=questionnaire.modules(),
    )
