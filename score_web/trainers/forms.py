"""What trainers and their partner institution type."""

from datetime import date

from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from score_web.assessment import questionnaire
from score_web.core.forms import BaseForm, at_most, clean
from score_web.core.i18n import LANGUAGES, _, say
from score_web.core.i18n import lazy_gettext as _l
from score_web.reference import divisions
from score_web.trainers.certification import Level

WEEKDAYS = [SelectChoice(number, name) for number, name in (
    ("1", _l("Monday")), ("2", _l("Tuesday")), ("3", _l("Wednesday")), ("4", _l("Thursday")), ("5", _l("Friday")),
)]


class Ticks(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProfileForm(BaseForm):
    provinces = Ticks(_l("Provinces you travel to"), [DataRequired(_l("Tick at least one province."))])
    languages = Ticks(_l("Languages you train in"), [DataRequired(_l("Tick at least one language."))],
                      choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()])
    weekdays = Ticks(_l("Days of the week you work"), [DataRequired(_l("Tick at least one day."))], choices=WEEKDAYS)
    about = TextAreaField(_l("About you"), [at_most(1000)], filters=[clean])

    def __init__(self, **values):
        super().__init__(**values)
        self.provinces.choices = [SelectChoice(place.code, say(place.name)) for place in divisions.provinces()]


class LevelForm(BaseForm):
    module = SelectField(_l("Module"), [InputRequired(_l("Choose a module."))], coerce=int)
    level = SelectField(_l("Level"), [InputRequired(_l("Choose a level."))])

    def __init__(self, **values):
        super().__init__(**values)
        self.module.choices = [
            SelectChoice(m.number, _("%(number)s %(title)s", number=m.number, title=say(m.title))) for m in questionnaire.modules()
        ]
        self.level.choices = [SelectChoice(level.value, say(level.label)) for level in Level]


class DaysForm(BaseForm):
    """The ticked days are off; `was` is what the page showed, so that only what was changed here is changed."""

    off = SelectMultipleField(coerce=date.fromisoformat, validate_choice=False)
    was = HiddenField(filters=[clean])

    def __init__(self, *, days: set[date], was: set[date]):
        self.days = days
        super().__init__(was=",".join(map(str, sorted(was))))

    def validate_off(self, field):
        if not set(field.data or ()) <= self.days:
            raise ValidationError(_("That is not one of the days shown."))

    def validate_was(self, field):
        try:
            self.before = {date.fromisoformat(part) for part in (field.data or "").split(",") if part}
        except ValueError:
            raise ValidationError(_("That is not one of the days shown.")) from None

    @property
    def changes(self) -> dict[str, set[date]]:
        ticked = set(self.off.data or ())
        return {"add": ticked - self.before, "drop": (self.before - ticked) & self.days}

    @property
    def ticked(self) -> set[date]:
        """For showing the page again: what was typed, else what is stored."""
        if self.is_submitted():
            return set(self.off.data or ())
        return {date.fromisoformat(part) for part in self.was.data.split(",") if part}
