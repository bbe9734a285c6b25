"""Pages around accounts."""

from flask import Blueprint, redirect, render_template, request, url_for

from score_web.access import SignInNeeded, allow, current_actor, let_in, let_out, load_actors_with, public
from score_web.accounts.forms import SignInForm
from score_web.accounts.models import Person
from score_web.accounts.queries import find_actor
from score_web.accounts.services import end_sign_ins, password_fits, start_sign_in
from score_web.core.db import db, let_go
from score_web.core.words import N_
from score_web.core.errors import Refused
from score_web.permissions import Permission

accounts = Blueprint("accounts", __name__, url_prefix="/<any(zh,en):lang>/accounts")


def init_app(app) -> None:
    load_actors_with(find_actor)
    app.register_blueprint(accounts)
    app.register_error_handler(SignInNeeded, ask_to_sign_in)


def ask_to_sign_in(_error):
    return redirect(url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None), 303)


@accounts.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    form = SignInForm()
    if form.validate_on_submit():
        person = db.session.scalar(db.select(Person).where(Person.email == form.email.data.strip().lower()))
        let_go()
        if not password_fits(person, form.password.data):
            raise Refused(N_("E-mail or password is wrong, or the account is not active."))
        let_in(*start_sign_in(person, device=request.user_agent.string))
        return redirect(url_for("dashboard.show"), 303)
    return render_template("accounts/sign_in.html", form=form)


@accounts.post("/sign-out")
@allow(Permission.ACCOUNT_USE)
def sign_out():
    actor = current_actor()
    end_sign_ins(actor.person_id, only=actor.sign_in_id)
    let_out()
    return redirect(url_for("pages.home"), 303)
