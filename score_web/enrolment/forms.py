"""What people type around an enrolment. The fields come from `fields`, what is right from `answers`."""

import re

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget, NumberInput, TelInput

from score_web.core.forms import BaseForm, WholeNumber, at_most, clean, has_unshowable, switching_language
from score_web.core.i18n import _, current_language, say
from score_web.core.i18n import lazy_gettext as _l
from score_web.core.words import N_
from score_web.enrolment import fields
from score_web.enrolment.answers import Band, problems
from score_web.enrolment.eligibility import ELSEWHERE
from score_web.reference import credit_code, divisions, sectors
from score_web.reference.sectors import SCORE_SECTORS

UNSHOWABLE = N_("Characters that cannot be shown were taken out here. Please look whether it is still right.")


def place_choices(first: str = "") -> dict:
    """Every city under its province; the province of `first` on top."""
    ordered = sorted(divisions.provinces(), key=lambda one: one.code[:2] != first[:2]) if first else divisions.provinces()
    language = current_language()
    cities = {one.name[language]: [(city.code, city.name[language]) for city in divisions.cities(one.code)] for one in ordered}
    return {"": [("", _("Choose the city"))]} | cities


def sector_choices() -> dict:
    rows = [(one.code, f"{one.code} {one.name[current_language()]}{_everyday(one)}") for one in sectors.sectors()]
    number = len(SCORE_SECTORS)
    return {"": [("", _("Choose the sector"))], _("Main sectors of the programme"): rows[:number], _("Other manufacturing"): rows[number:]}


def _everyday(one) -> str:
    if one.everyday is None:
        return ""
    return _(" (%(words)s)", words=one.everyday[current_language()])


class EligibilityForm(BaseForm):
    """Asked by GET: the answer has an address."""

    employees = WholeNumber(
        _l("Number of employees"),
        [
            InputRequired(_l("Type the number of employees.")),
            NumberRange(1, 999999, _l("Type a number between 1 and 999999.")),
        ],
    )
    province = SelectField(_l("Province"), [InputRequired(_l("Choose the province of your factory."))])
    sector = SelectField(_l("Sector"), [InputRequired(_l("Choose the sector from the list."))])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = current_language()
        self.province.choices = [("", _("Choose the province"))] + [(one.code, one.name[language]) for one in divisions.provinces()]
        self.sector.choices = sector_choices() | {_("Not manufacturing"): [(ELSEWHERE, _("Services, trade, farming, construction…"))]}


class VersionedForm(BaseForm):
    """Carries the version of the record that the page showed."""

    version = HiddenField()

    def shown_version(self) -> int:
        """0, which no record has, when the page did not say."""
        sent = (self.version.raw_data or [""])[0]
        return int(sent) if re.fullmatch("[0-9]{1,9}", sent) else 0


class StepForm(VersionedForm):
    """A step of the enrolment: nothing here refuses to be kept, `validate` only says what is not right yet."""

    def arrived(self) -> bool:
        """Something was sent to be kept; not a mere switch of language, not the page after a refusal."""
        return self.is_submitted() and not self.refusal and not switching_language()

    def keep(self, band: Band, answers: dict) -> "StepForm":
        """`answers` are those stored: checks look at the whole enrolment, this form shows those of its fields."""
        self.band, self.stored = band, answers
        for field in self:
            if isinstance(field.data, str):
                field.data = clean(field.data)
        return self

    def typed(self) -> dict:
        """Cleaned of what cannot be shown, otherwise exactly as typed."""
        found = {f.name: f.data if isinstance(f.data, str) else list(f.data or []) for f in self if f.name in fields.BY_NAME}
        if "modules" in found:
            found["modules"] = fields.chosen_modules(found["modules"])
        if fields.CONFIRMED in self:
            found[fields.CONFIRMED] = credit_code.normalise(found["code"]) if self[fields.CONFIRMED].data else ""
        return found

    def validate(self, extra_validators=None) -> bool:
        good = super().validate(extra_validators)
        found = problems({**self.stored, **self.typed()}, self.band)
        for field in self:
            if field.name in found:
                field.errors = [say(found[field.name])]
            elif has_unshowable(field):
                field.errors = [say(UNSHOWABLE)]
        return good and not any(field.errors for field in self)


def _count(label) -> StringField:
    return StringField(label, widget=NumberInput())


class CompanyForm(StepForm):
    name_zh = StringField(_l("Name in Chinese"))
    name_en = StringField(_l("Name in English"))
    code = StringField(_l("Unified social credit code"))
    code_confirmed = BooleanField(_l("I have compared all 18 characters with the business licence: they are right"))
    division_code = SelectField(_l("Province and city"), validate_choice=False)
    sector = SelectField(_l("Sector"), validate_choice=False)
    products = TextAreaField(_l("Main products"))
    buyer = StringField(_l("Buyer programme"))

    def keep(self, band, answers):
        self.division_code.choices = place_choices(answers.get("province", ""))
        self.sector.choices = sector_choices()
        return super().keep(band, answers)

    @property
    def asks_to_confirm(self) -> bool:
        problem = credit_code.check(self.code.data or "") if self.code.data else None
        return bool(problem and problem.may_override)


class PeopleForm(StepForm):
    women = _count(_l("Women"))
    men = _count(_l("Men"))
    managers = _count(_l("Managers"))
    workers = _count(_l("Workers"))
    casual = _count(_l("Of these, casual and agency staff"))
    explanation = TextAreaField(_l("Why you apply with this size"))
    representation = RadioField(_l("Who speaks for the workers?"), validate_choice=False)
    contact_name = StringField(_l("Contact person"))
    contact_job = StringField(_l("Position of the contact person"))
    contact_phone = StringField(_l("Phone of the contact person"), widget=TelInput())
    modules = SelectMultipleField(
        _l("Modules you would like"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )

    def keep(self, band, answers):
        self.representation.choices = [(key, say(label)) for key, label in fields.REPRESENTATION.items()]
        self.modules.choices = [
            (number, _("Module %(number)s: %(name)s", number=number, name=say(name))) for number, name in MODULE_NAMES.items()
        ]
        return super().keep(band, answers)


MODULE_NAMES = {
    "1": N_("Workplace Cooperation"),
    "2": N_("Quality Management"),
    "3": N_("Productivity and Cleaner Production"),
    "4": N_("Human Resource Management"),
    "5": N_("Occupational Safety and Health"),
}
STEP_FORMS = {fields.COMPANY: CompanyForm, fields.PEOPLE: PeopleForm}


class CheckForm(VersionedForm):
    institution = RadioField(_l("Partner institution"), [Optional()], coerce=int, validate_choice=False)
    pledge = BooleanField(
        _l("We pledge that what we have filled in is true, exact and complete, and answer for it."),
        [
            InputRequired(_l("Tick the pledge to submit.")),
        ],
    )
    consent = BooleanField(
        _l("We agree that the responsible partner institution uses these data to decide on and accompany our participation."),
        [
            InputRequired(_l("Tick the consent to submit.")),
        ],
    )


class DecisionForm(VersionedForm):
    decision = RadioField(_l("Decision"), [InputRequired(_l("Choose a decision."))])
    reason = TextAreaField(_l("Message to the enterprise"), [at_most(2000)], filters=[clean])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.decision.choices = [("approve", _("Approve")), ("return", _("Return for correction")), ("reject", _("Do not approve"))]

    def remarks(self) -> dict[str, str]:
        return {f.name: clean(self[f"remark_{f.name}"].data) for f in fields.FIELDS}


for _field in fields.FIELDS:
    setattr(DecisionForm, f"remark_{_field.name}", StringField(_l(_field.label), [at_most(500)], filters=[clean]))


class TransferForm(VersionedForm):
    institution = SelectField(_l("New institution"), [InputRequired(_l("Choose another partner institution from the list."))], coerce=str)
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Please write the reason: the other side will read it.")), at_most(2000)], filters=[clean]
    )
