"""What people type about a self-assessment as a whole. Answers are read by `answering`, not by 100 fields."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from score_web.core.forms import BaseForm, NoControlCharacters
from score_web.core.i18n import lazy_gettext as _l


class ReopenForm(BaseForm):
    reason = TextAreaField(
        _l("Why should it be reopened?"),
        [DataRequired(_l("Please write the reason: the enterprise will read it.")), Length(max=500), NoControlCharacters()],
    )


class SubmitForm(BaseForm):
    """The button on the check page; the form carries its token and the sentence by which a rule said no."""
