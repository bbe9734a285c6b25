"""How does a form behave here? Nothing typed is lost: an error, a refusal and a language switch all show it again."""

import unicodedata

from flask import g, request
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField, ValidationError
from wtforms.fields.core import Field
from wtforms.validators import Length, StopValidation

from score_web.core.i18n import _, current_language, say
from score_web.core.i18n import lazy_gettext as _l


def switching_language() -> bool:
    """The language button of a page with a form posts what was typed; nothing is checked or stored."""
    return request.method == "POST" and "switch_language" in request.form


def clean(text: str | None) -> str:
    """Typed text without control characters and outer spaces; line breaks stay."""
    kept = "".join(c for c in text or "" if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    return kept.replace("\r", "").strip()


def at_most(characters: int) -> Length:
    """WTForms puts the number into the sentence."""
    return Length(max=characters, message=_l("At most %(max)d characters."))


class BaseForm(FlaskForm):
    """`validate_on_submit()` is False while the language is switched or after the server refused, so the page comes back."""

    class Meta(FlaskForm.Meta):
        csrf = False  # the token of every form is asked for at the one door, see access.py
        locales = ("zh", "en")

        def get_translations(self, form):
            return _WtformsTexts()

    @property
    def refusal(self) -> str | None:
        """The sentence of a rule that said no, for the top of the page."""
        refused = g.get("refused")
        return say(refused) if refused else None

    def validate_on_submit(self, extra_validators=None):
        if g.get("refused") or switching_language():
            return False
        return super().validate_on_submit(extra_validators)


class _WtformsTexts:
    """WTForms' own messages in the current language: its Chinese catalogue, ours where that has gaps."""

    def gettext(self, text):
        ours = _(text)
        return ours if ours != text or current_language() == "en" else _wtforms_chinese().gettext(text)

    def ngettext(self, one, many, n):
        return _wtforms_chinese().ngettext(one, many, n) if current_language() == "zh" else (one if n == 1 else many)


def _wtforms_chinese():
    from wtforms.i18n import get_translations  # noqa: PLC0415 - loaded once, only when a message is needed

    return get_translations(["zh"])


class WholeNumber(IntegerField):
    """Says one thing about what is no number, instead of two."""

    def process_formdata(self, valuelist):
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Type a whole number, such as 120.")) from error

    def pre_validate(self, form):
        if self.process_errors and self.raw_data and self.raw_data[0].strip():
            raise StopValidation


def has_unshowable(field: Field) -> bool:
    """What no keyboard types: control characters, or a line break where there is one line only (it would break a mail's subject)."""
    raw = field.raw_data[0] if field.raw_data and isinstance(field.raw_data[0], str) else ""
    typed = raw.replace("\r", "").strip()
    return clean(raw) != typed or ("\n" in typed and not isinstance(field, TextAreaField))


class NoControlCharacters:
    """Validator: refuses what cannot be shown as it was typed."""

    def __call__(self, form, field: Field):
        if has_unshowable(field):
            raise ValidationError(_("This contains characters that cannot be shown. Please type it again."))
