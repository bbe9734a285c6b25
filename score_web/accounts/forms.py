"""What people type about accounts."""

from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from score_web.core.forms import BaseForm
from score_web.core.i18n import lazy_gettext as _l


class SignInForm(BaseForm):
    email = EmailField(_l("E-mail"), [InputRequired(_l("Type your e-mail address.")), Length(max=254)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), Length(max=200)])
