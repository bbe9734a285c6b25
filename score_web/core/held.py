"""What becomes of a form that is sent while nobody is signed in? Its fields travel through the sign-in and come back unsaved.

Nothing is kept on the server: what was typed rides along as one signed hidden field of the sign-in form, which then sends it
on to the address it was meant for. There it is only shown again (access.py), so a forged form changes nothing. What a page of
another site sends is nobody's typing: it is refused.
"""

import re
from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from score_web.core.words import N_, Sentence

FIELD = "held_fields"
MOST = 200 * 1024
NEVER = re.compile(r"password|^current$|token|switch_language", re.IGNORECASE)  # a test finds every password field by its type

BACK = Sentence(N_("You are signed in again. What you typed is here but not saved yet: look at it, then press the button."))
BACK_WITHOUT_FILES = Sentence(
    N_("You are signed in again. What you typed is here but not saved yet: choose the files again, then press the button.")
)
BUTTON = Sentence(N_("You are signed in again. The last step was not carried out: please press the button once more."))
DROPPED = Sentence(N_("What was typed before belongs to a page that you may not open. It was not saved and has been dropped."))


@dataclass(frozen=True)
class Held:
    """What travels: names and values in their order, and whether files were left behind."""

    fields: tuple[tuple[str, str], ...] = ()
    files: bool = False

    @property
    def too_long(self) -> bool:
        return sum(len(text.encode()) for pair in self.fields for text in pair) > MOST

    @property
    def sentence(self) -> Sentence:
        return BACK_WITHOUT_FILES if self.files else BACK if self.fields else BUTTON

    def packed(self) -> str:
        return _serializer().dumps([self.fields, self.files])


def of_request() -> Held:
    """What this request brings: a form that was on its way already, or the fields just typed; never passwords, tokens or files."""
    if FIELD in request.form:
        return unpack(request.form[FIELD])
    return Held(
        tuple((name, value) for name, value in request.form.items(multi=True) if not NEVER.search(name)),
        any(file.filename for file in request.files.values()),
    )


def is_foreign() -> bool:
    """Was this sent by a page of another site? Browsers say so; older ones, and those on plain http, only name it in `Origin`. Ours
    never name `null`; who names nothing, as web views do, is not judged by it. A port says nothing: proxies drop and add it."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("cross-site", "same-site")
    origin = request.headers.get("Origin")
    return bool(origin) and _host(origin) not in {_host(request.host), _host(current_app.config["BASE_URL"])} - {""}


def _host(address: str) -> str:
    return re.sub(r":\d*$", "", address.rpartition("//")[2].partition("/")[0]).lower()


def unpack(text: str) -> Held:
    """Nothing where the signature is not ours."""
    try:
        fields, files = _serializer().loads(text)
    except BadData:
        return Held()
    return Held(tuple((name, value) for name, value in fields), files)


def put_back(held: Held) -> None:
    """From here on the request looks as if the form had just been sent."""
    request.form = MultiDict(held.fields)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="held form")
