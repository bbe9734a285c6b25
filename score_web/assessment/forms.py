"""What people type about a self-assessment as a whole, who takes part, and the evidence they add.

Answers are read by `answering`, not by 100 fields.
"""

from collections.abc import Iterable
from datetime import date

from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional

from score_web.accounts.models import Person
from score_web.assessment.evidence import LARGEST
from score_web.assessment.models import PARTICIPANTS
from score_web.assessment.queries.joint import Together
from score_web.assessment.questionnaire import Statement, Theme
from score_web.assessment.services import look_at
from score_web.assessment.services.evidence import Looked
from score_web.core import clock
from score_web.core.errors import Refused
from score_web.core.forms import BaseForm, NoControlCharacters, WholeNumber, at_most, clean
from score_web.core.i18n import _, say
from score_web.core.i18n import lazy_gettext as _l
from score_web.core.words import N_

EARLIEST = date(1990, 1, 1)
NUMBER = N_("Type a number between 0 and 999, or leave it empty.")


class ReopenForm(BaseForm):
    reason = TextAreaField(
        _l("Why should it be reopened?"),
        [DataRequired(_l("Please write the reason: the enterprise will read it.")), at_most(500), NoControlCharacters()],
    )


class SubmitForm(BaseForm):
    """The button on the check page; the form carries its token and the sentence by which a rule said no."""


class EvidenceForm(BaseForm):
    """`camera` opens a phone's camera, `file` its gallery and folders; either will do, both are stored.
    `looked` holds what may be kept, after validation."""

    camera = FileField(_l("Take a photo now"), render_kw={"accept": "image/*", "capture": "environment"})
    file = FileField(_l("Choose a photo or document"))
    made_on = DateField(_l("Date of the evidence"), [Optional()])
    caption = StringField(
        _l("What it shows"), [at_most(300), NoControlCharacters()], filters=[clean]
    )

    def __init__(self, statement: Statement):
        super().__init__()
        self.statement, self.looked = statement, []

    def validate(self, extra_validators=None) -> bool:
        return all([super().validate(extra_validators), self._files_are_fine(), self._dates_are_fine()])

    def _files_are_fine(self) -> bool:
        chosen = [field for field in (self.camera, self.file) if field.data]
        if not chosen:
            self.file.errors = [_("Please choose a file or take a photo.")]
        for field in chosen:
            try:
                self.looked.append(look_at(field.data.filename, field.data.read(LARGEST + 1), self.statement))
            except Refused as no:
                field.errors = [say(no.sentence)]
        return bool(chosen) and len(self.looked) == len(chosen)

    def _dates_are_fine(self) -> bool:
        """Typed, or told by the photo; one taken just now is of today."""
        if self.made_on.errors:
            return False
        if self.made_on.data and not EARLIEST <= self.made_on.data <= clock.today():
            self.made_on.errors = [_("The date cannot be in the future.") if self.made_on.data > EARLIEST else _("Please check the year.")]
        elif not all(self.day_of(looked) for looked in self.looked):
            self.made_on.errors = [_("The file does not say when it was made. Please type the date, and choose the file again.")]
        return not self.made_on.errors

    def day_of(self, looked: Looked) -> date | None:
        told = looked.taken_on if looked.taken_on and EARLIEST <= looked.taken_on <= clock.today() else None
        return self.made_on.data or told or (clock.today() if self.camera.data else None)


class PeopleForm(BaseForm):
    """Who took part, and who does which theme; a field `theme_A`… for each theme is added by `for_themes`."""

    shown = HiddenField()
    managers_women = WholeNumber(_l("Managers, women"), [Optional(), NumberRange(0, 999, _l(NUMBER))])
    managers_men = WholeNumber(_l("Managers, men"), [Optional(), NumberRange(0, 999, _l(NUMBER))])
    workers_women = WholeNumber(_l("Workers, women"), [Optional(), NumberRange(0, 999, _l(NUMBER))])
    workers_men = WholeNumber(_l("Workers, men"), [Optional(), NumberRange(0, 999, _l(NUMBER))])

    @classmethod
    def for_themes(cls, themes: Iterable[Theme], colleagues: list[Person], now: Together) -> "PeopleForm":
        choices = [("", _("Nobody in particular")), *((str(person.id), person.name or person.email) for person in colleagues)]
        fields = {f"theme_{t.letter}": SelectField(f"{t.letter} {say(t.title)}") for t in themes}
        doers = {f"theme_{t.letter}": str(doer.person_id) for t in themes if (doer := now.doers.get(t.id)) and doer.here}
        counts = dict(zip(PARTICIPANTS, now.people or (), strict=False))
        form = type("PeopleForm", (cls,), fields)(data={"shown": now.seal} | counts | doers)
        for name in fields:
            form[name].choices = choices
        if form.refusal:  # the page says what stands now, so the next press of the button means it
            form.shown.data = now.seal
        return form

    @property
    def people(self) -> tuple[int, int, int, int] | None:
        """None when nothing was typed; a blank one beside a number is 0."""
        typed = [self[name].data for name in PARTICIPANTS]
        return None if all(number is None for number in typed) else tuple(number or 0 for number in typed)

    def doers(self, themes: Iterable[Theme]) -> dict[str, int]:
        return {theme.id: int(self[f"theme_{theme.letter}"].data) for theme in themes if self[f"theme_{theme.letter}"].data}
