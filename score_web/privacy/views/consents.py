"""What one agreed to, purpose by purpose; and, for institutions, whom one may ask because of it."""

from flask import abort, redirect, render_template, url_for

from score_web.access import allow, current_actor
from score_web.accounts.consents import DOCUMENTS
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission
from score_web.privacy import queries, services
from score_web.privacy.purposes import BY_NAME, Purpose
from score_web.privacy.views.blueprint import privacy


@privacy.get("/consents")
@allow(Permission.ACCOUNT_USE)
def consents():
    actor = current_actor()
    return render_template("privacy/consents.html", choices=queries.choices_of(actor), rows=queries.consents_of(actor.person_id),
                           documents=DOCUMENTS, purposes=BY_NAME)


@privacy.post("/consents/<purpose>/give")
@allow(Permission.ACCOUNT_USE, back="privacy.consents")
def give(purpose: str):
    services.give(_purpose(purpose), by=current_actor())
    flash_ok(_("Thank you. Your agreement is on record with its date."))
    return redirect(url_for("privacy.consents"), 303)


@privacy.post("/consents/<purpose>/withdraw")
@allow(Permission.ACCOUNT_USE, back="privacy.consents")
def withdraw(purpose: str):
    services.withdraw(_purpose(purpose), by=current_actor())
    flash_ok(_("Withdrawn. It counts from now on."))
    return redirect(url_for("privacy.consents"), 303)


def _purpose(name: str) -> Purpose:
    return BY_NAME.get(name) or abort(404)


@privacy.get("/research")
@allow(Permission.PEOPLE_MANAGE)
def research():
    """The effect of a consent, and of withdrawing it."""
    return render_template("privacy/research.html", people=queries.people_to_ask(current_actor()))
