"""What enterprises ask and trainers answer."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from score_web.booking.offers import Offer
from score_web.core.forms import BaseForm, at_most, clean
from score_web.core.i18n import _
from score_web.core.i18n import lazy_gettext as _l

LONG = at_most(1000)


class RequestForm(BaseForm):
    offer = RadioField(_l("Trainer and days"), [InputRequired(_l("Choose the days that suit you."))], validate_choice=False)
    place = StringField(_l("Place (street address, room)"), [at_most(200)], filters=[clean])
    message = TextAreaField(_l("Message to the trainer"), [LONG], filters=[clean])

    def __init__(self, offers: list[Offer]):
        self.by_key = {offer.key: offer for offer in offers}
        super().__init__()
        self.offer.choices = [SelectChoice(key, key) for key in self.by_key]

    def validate_offer(self, field):
        if field.data not in self.by_key:
            raise ValidationError(_("These days are no longer free. Choose other days."))

    @property
    def chosen(self) -> Offer | None:
        return self.by_key.get(self.offer.data or "")


class AnswerForm(BaseForm):
    """One form on the booking's page; which button was pressed decides which of the two boxes counts."""

    note = TextAreaField(_l("Message to the enterprise"), [LONG], filters=[clean])
    reason = TextAreaField(_l("Reason"), [LONG], filters=[clean])
