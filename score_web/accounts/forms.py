"""What people type about accounts."""

import unicodedata

from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectChoice, StringField, TelField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Optional

from score_web.accounts import codes
from score_web.accounts.passwords import weakness
from score_web.accounts.scopes import read_scope
from score_web.core.forms import BaseForm, NoControlCharacters, at_most, clean
from score_web.core.i18n import LANGUAGES, _, current_language, say
from score_web.core.i18n import lazy_gettext as _l
from score_web.permissions import Role
from score_web.reference import divisions

AGREE = _l("Please agree to the privacy notice and the terms: without them we may not keep your data.")


def normal_email(text: str | None) -> str:
    """As it is stored: half-width, lower case, no spaces around."""
    return clean(unicodedata.normalize("NFKC", text or "")).lower()


def normal_phone(text: str | None) -> str:
    """+86… as it is stored, or "" for nothing. Raises ValueError."""
    import phonenumbers  # noqa: PLC0415 - slow to load, and few requests need it

    typed = clean(unicodedata.normalize("NFKC", text or ""))
    if not typed:
        return ""
    try:
        number = phonenumbers.parse(typed, "CN")
    except phonenumbers.NumberParseException as error:
        raise ValueError(typed) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(typed)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class AccountForm(BaseForm):
    """`fail` puts a sentence on top of the page that comes back."""

    def fail(self, sentence) -> None:
        self.form_errors = [*self.form_errors, say(sentence)]


def check_email(_form, field) -> None:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - slow to load, and few requests need it

    if field.errors:
        return
    field.data = normal_email(field.data)
    try:
        if "=?" in field.data:  # mail programs read another address out of that
            raise EmailNotValidError
        validate_email(field.data, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_("This is no e-mail address. It looks like name@company.com.")) from None


class GoodPassword:
    """Validator: strong enough, given what others know about this person."""

    def __init__(self, *about: str):
        self.about = about

    def __call__(self, form, field) -> None:
        known = [str(form[name].data or "") for name in self.about if name in form]
        sentence = weakness(field.data or "", (*known, *getattr(form, "known", ())))
        if sentence:
            raise ValidationError(say(sentence))


def name_field() -> StringField:
    return StringField(
        _l("Your name"),
        [DataRequired(_l("Type your name.")), at_most(100), NoControlCharacters()],
        filters=[clean],
        description=_l("As colleagues and trainers should address you."),
    )


def email_field(label=None, description="") -> EmailField:
    return EmailField(
        label or _l("E-mail"),
        [DataRequired(_l("Type an e-mail address.")), at_most(254), check_email],
        filters=[clean],
        description=description,
    )


def new_password_field(*about: str, label=None) -> PasswordField:
    return PasswordField(
        label or _l("Password"),
        [InputRequired(_l("Choose a password.")), GoodPassword(*about)],
        description=_l("At least 10 characters. Four words that do not belong together are easy to remember and hard to guess."),
    )


def current_password_field() -> PasswordField:
    return PasswordField(
        _l("Current password"),
        [InputRequired(_l("Type your password.")), at_most(200)],
        description=_l("So that nobody else does this on an open screen."),
    )


class SignInForm(AccountForm):
    email = EmailField(_l("E-mail"), [DataRequired(_l("Type your e-mail address.")), at_most(254)], filters=[normal_email])
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), at_most(200)])


def code_field(description="") -> StringField:
    return StringField(
        _l("Code"),
        [DataRequired(_l("Type the code that your app shows."))],
        filters=[codes.normal],
        description=description or _l("The 6 digits that your app shows now, or one of your recovery codes (12 digits)."),
    )


class CodeForm(AccountForm):
    code = code_field()

    def validate_code(self, field) -> None:
        if not codes.is_code(field.data):
            raise ValidationError(_("A code has 6 digits, a recovery code 12."))


class SetUpForm(CodeForm):
    code = code_field(_l("The 6 digits that your app shows now."))
    current = current_password_field()


class TurnOffForm(CodeForm):
    current = current_password_field()


class RegisterForm(AccountForm):
    name = name_field()
    email = email_field(description=_l("We send a link there. You will sign in with it."))
    password = new_password_field("name", "email")
    agreed = BooleanField(_l("I agree"), [InputRequired(AGREE)])


class ForgotForm(AccountForm):
    email = email_field()


class ResetForm(AccountForm):
    password = new_password_field(label=_l("New password"))

    def __init__(self, *known: str):
        super().__init__()
        self.known = known


class PasswordForm(AccountForm):
    current = current_password_field()
    password = new_password_field(label=_l("New password"))

    def __init__(self, *known: str):
        super().__init__()
        self.known = known


class ButtonForm(AccountForm):
    """A page whose form is one button."""


class ProfileForm(AccountForm):
    name = name_field()
    phone = TelField(
        _l("Phone"),
        [Optional(), at_most(40)],
        filters=[clean],
        description=_l("Only people you work with here see it, for example your trainer before a visit."),
    )
    language = RadioField(_l("Language of our mails"), choices=[SelectChoice(*one) for one in LANGUAGES.items()])

    def validate_phone(self, field) -> None:
        if field.errors:  # of what is too long it was told already
            return
        try:
            field.data = normal_phone(field.data)
        except ValueError:
            raise ValidationError(
                _(
                    "This is no phone number. Type a mobile number such as 13800138000, or a landline with its area code "
                    "such as 0574-87654321."
                )
            ) from None


class EmailForm(AccountForm):
    email = email_field(_l("New e-mail"))
    current = current_password_field()


class CloseForm(AccountForm):
    current = current_password_field()
    sure = BooleanField(_l("Yes, close my account for good"), [InputRequired(_l("Tick this if you really want to close it."))])


class JoinForm(AccountForm):
    """Somebody invited: a new account, or the password of the one that exists."""

    name = name_field()
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Choose a password."))],
        description=_l("At least 10 characters. If you already have an account with this address, type its password."),
    )
    agreed = BooleanField(_l("I agree"), [InputRequired(AGREE)])


class InviteColleagueForm(AccountForm):
    email = email_field(_l("Colleague's e-mail"))
    head = BooleanField(_l("May also invite and remove colleagues"))


class InviteForm(AccountForm):
    email = email_field()
    role = RadioField(
        _l("Who is it?"),
        choices=[
            SelectChoice(Role.TRAINER.value, _l("A trainer of our institution")),
            SelectChoice(Role.ENTERPRISE.value, _l("An enterprise that has no account yet")),
        ],
        default=Role.TRAINER.value,
    )
    language = RadioField(
        _l("Language of the invitation"), choices=[SelectChoice(*one) for one in LANGUAGES.items()], default=current_language
    )


class AgreeForm(AccountForm):
    agreed = BooleanField(_l("I agree"), [InputRequired(AGREE)])


class ReasonForm(AccountForm):
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Write the reason: the person will read it.")), at_most(500)],
        filters=[clean],
        description=_l("The person reads it as you type it."),
    )


class InstitutionForm(AccountForm):
    name_zh = StringField(
        _l("Chinese name"),
        [DataRequired(_l("Type the Chinese name.")), at_most(120), NoControlCharacters()],
        filters=[clean],
    )
    name_en = StringField(
        _l("English name"), [Optional(), at_most(160), NoControlCharacters()], filters=[clean]
    )
    scope = StringField(
        _l("Where it works"),
        [DataRequired(_l("Type “all”, or division codes such as 33 or 3302.")), at_most(400)],
        filters=[clean],
        description=_l("Division codes joined by commas, such as 3302 for Ningbo or 33 for all of Zhejiang; “all” for the whole country."),
    )
    contact = TextAreaField(
        _l("Contact"),
        [Optional(), at_most(400), NoControlCharacters()],
        filters=[clean],
        description=_l("Shown to the enterprises it is responsible for: a person or office, phone, address."),
    )

    def validate_scope(self, field) -> None:
        field.data = read_scope(field.data or "")
        problem = divisions.scope_problem(field.data)
        if problem:
            raise ValidationError(say(problem))


class NewInstitutionForm(InstitutionForm):
    email = email_field(_l("E-mail of its first colleague"), _l("This person gets an invitation and becomes its head."))
