"""Partner institutions: nationwide partners found others and keep their data."""

from flask import redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.accounts import services
from score_web.accounts.forms import InstitutionForm, NewInstitutionForm
from score_web.accounts.models import Organisation
from score_web.accounts.queries import page_of_institutions
from score_web.accounts.views.blueprint import accounts
from score_web.accounts.views.people import show_link
from score_web.core.i18n import _, current_language
from score_web.core.web import flash_ok
from score_web.permissions import Permission
from score_web.reference import divisions


@accounts.get("/institutions")
@allow(Permission.INSTITUTION_CREATE)
def institutions():
    page = page_of_institutions(request.args.get("page", ""))
    return render_template("accounts/institutions.html", page=page, places=_places)


def _places(scope: str) -> list[str]:
    """The places of a scope by name, in the reader's language; none for the whole country."""
    if scope == divisions.NATIONWIDE:
        return []
    return [divisions.place_name(prefix.ljust(6, "0"), current_language()) for prefix in divisions.prefixes(scope)]


@accounts.route("/institutions/new", methods=["GET", "POST"])
@allow(Permission.INSTITUTION_CREATE)
def new_institution():
    form = NewInstitutionForm()
    if form.validate_on_submit():
        facts = {name: form[name].data for name in ("name_zh", "name_en", "scope", "contact", "email")}
        _institution, token = services.found_institution(by=current_actor(), language=current_language(), **facts)
        flash_ok(_("The institution is created and its first colleague is invited."))
        return show_link("invitation", token, form.email.data, current_language())
    return render_template("accounts/new_institution.html", form=form)


@accounts.route("/institutions/<int:organisation_id>/edit", methods=["GET", "POST"])
@allow(Permission.INSTITUTION_EDIT, on=Organisation)
def edit_institution(organisation: Organisation):
    form = InstitutionForm(obj=organisation)
    if form.validate_on_submit():
        services.change_institution(
            organisation, by=current_actor(), **{name: form[name].data for name in ("name_zh", "name_en", "scope", "contact")}
        )
        flash_ok(_("Saved."))
        return redirect(url_for("accounts.institutions"), 303)
    return render_template("accounts/edit_institution.html", form=form, organisation=organisation)
