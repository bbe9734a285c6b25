"""Whose browser is this? The signed cookie of sign-ins: when it is opened, when not, and until when it counts; and the signed token
that a form of theirs carries."""

from functools import cache

from flask import Flask, Request, current_app, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from werkzeug.exceptions import HTTPException


class Sessions(SecureCookieSessionInterface):
    """The signed cookie of sign-ins, never opened for `@anonymous` pages. Flask opens it before it finds the view, hence the look-up."""

    def __init__(self):
        self.serializers = {}

    def get_signing_serializer(self, app: Flask):
        """Made once for each key: making one takes as long as a query."""
        key = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if key not in self.serializers:
            made = super().get_signing_serializer(app)
            self.serializers[key] = Signed(made.secret_keys, made.salt, serializer=made.serializer, signer_kwargs=made.signer_kwargs)
        return self.serializers[key]

    def open_session(self, app: Flask, request: Request):
        g.nobody = _is_anonymous(app, request)
        return None if g.nobody else super().open_session(app, request)


class AnyClock(TimestampSigner):
    """A cookie from "later" counts: another machine's clock may be a second ahead, or ours was put back. Too old stays too old."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.derive_key = cache(self.derive_key)  # the same for everything that it signs

    def unsign(self, signed_value, max_age=None, return_timestamp=False):
        value, made = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and self.get_timestamp() - made.timestamp() > max_age:
            raise SignatureExpired("the cookie is too old", payload=value, date_signed=made)
        return (value, made) if return_timestamp else value


class Signed(URLSafeTimedSerializer):
    """Reads and writes what URLSafeTimedSerializer does, with one signer for all. It compresses nothing: keys and tokens are random, so
    it would save next to nothing, and make one cookie or token longer than the next."""

    default_signer = AnyClock

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.make_signer = cache(self.make_signer)

    def dump_payload(self, obj) -> bytes:
        return base64_encode(self.serializer.dumps(obj))


def form_token() -> str:
    """What `generate_csrf` of Flask-WTF says, in a third of its time. The token of a session is signed anew for each page."""
    here, raw = g._get_current_object(), session.get("csrf_token")
    if raw is None or "csrf_token" in here:
        return generate_csrf()
    here.csrf_token = _form_tokens(current_app.secret_key).dumps(raw)
    return here.csrf_token


@cache
def _form_tokens(key: str) -> Signed:
    return Signed(key, salt="wtf-csrf-token")


def _is_anonymous(app: Flask, request: Request) -> bool:
    """Only what begins as the address of such a page (/<lang>/pulse) is looked up: Flask looks up everything once more."""
    known = app.extensions.setdefault("score_anonymous", None)
    if known is None:
        views = ((rule.rule.split("/")[2:3], app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules())
        known = app.extensions["score_anonymous"] = [begin for begin, view in views if _for_nobody(view)]
        assert not any("<" in begin[0] for begin in known), "pages for nobody need a beginning of their own"
    if request.path.split("/")[2:3] not in known:
        return False
    try:
        endpoint, _values = app.create_url_adapter(request).match(method="GET")
    except HTTPException:
        return False
    return _for_nobody(app.view_functions[endpoint])


def _for_nobody(view) -> bool:
    """What `@anonymous` declared, see access.py."""
    return getattr(getattr(view, "access", None), "anonymous", False)
