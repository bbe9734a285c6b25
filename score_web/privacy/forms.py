"""What is typed about one's own data: a password that says who it is, a wish, an answer."""

from wtforms import BooleanField, PasswordField, TextAreaField
from wtforms.validators import InputRequired

from score_web.core.forms import BaseForm, NoControlCharacters, at_most, clean
from score_web.core.i18n import lazy_gettext as _l


class PasswordAgainForm(BaseForm):
    current = PasswordField(_l("Your password"), [InputRequired(_l("Type your password: it shows that it is really you."))])


class LeaveForm(PasswordAgainForm):
    sure = BooleanField(_l("Yes, erase it"), [InputRequired(_l("Tick this if you really want it erased."))])


def _long(label, missing) -> TextAreaField:
    return TextAreaField(label, [InputRequired(missing), at_most(2000), NoControlCharacters()], filters=[clean])


class AskForm(BaseForm):
    text = _long(_l("What is wrong, and what would be right?"), _l("Write what should be corrected."))


class AnswerForm(BaseForm):
    answer = _long(_l("Your answer"), _l("Write what was done, or why not."))


class RefuseForm(BaseForm):
    reason = _long(_l("Reason"), _l("Please write the reason: the other side will read it."))
