"""What is typed about a survey: its last day. Answers and slips are read by anonymity.py."""

from wtforms import DateField
from wtforms.validators import InputRequired

from score_web.core.forms import BaseForm
from score_web.core.i18n import lazy_gettext as _l


class LastDayForm(BaseForm):
    last_day = DateField(_l("Last day"), validators=[InputRequired()])
