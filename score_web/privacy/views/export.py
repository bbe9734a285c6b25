"""Taking a copy home: the password first, then, for ten minutes, the file."""

from flask import redirect, render_template, send_file, session, url_for

from score_web.access import allow, current_actor
from score_web.core import clock
from score_web.core.i18n import _
from score_web.permissions import Permission, permitted
from score_web.privacy import services
from score_web.privacy.exports import copy_of
from score_web.privacy.forms import PasswordAgainForm
from score_web.privacy.views.blueprint import is_owner, privacy

READY_SECONDS = 600


@privacy.route("/export", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def export():
    form, actor = PasswordAgainForm(), current_actor()
    if form.validate_on_submit() and is_owner(form):
        if wait := services.allow_export(actor):
            form.current.errors = [_("You took five copies today. Please wait %(hours)s hours.", hours=-(-wait // 60))]
            return render_template("privacy/export.html", form=form, **_contents(actor)), 429, {"Retry-After": str(wait * 60)}
        session["copy_until"] = int(clock.now().timestamp()) + READY_SECONDS
        return redirect(url_for("privacy.export_file"), 303)
    return render_template("privacy/export.html", form=form, **_contents(actor))


@privacy.get("/export.zip")
@allow(Permission.ACCOUNT_USE)
def export_file():
    """A GET, so that building it locks nobody out of the database."""
    if clock.now().timestamp() > session.pop("copy_until", 0):
        return redirect(url_for("privacy.export"), 303)
    response = send_file(copy_of(current_actor()), "application/zip", as_attachment=True, download_name=f"score-data-{clock.today()}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _contents(actor) -> dict:
    return {"heads": permitted(Permission.ENTERPRISE_ERASE, actor)}
