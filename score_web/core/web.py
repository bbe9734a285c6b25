"""What does every page share? Hashed assets, error pages, and the names that templates may use."""

import hashlib
import re
from pathlib import Path
from urllib.parse import quote

from flask import (
    Flask,
    abort,
    current_app,
    flash,
    g,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from score_web.core import addresses, faults, headers, health, sessions
from score_web.core.addresses import address
from score_web.core.db import db
from score_web.core.i18n import HTML_LANG, current_language, other_language, preferred
from score_web.core.typesetting import NoFont

FORBIDDEN_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+')


def init_app(app: Flask) -> None:
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    app.before_request(_reads_do_not_write)
    headers.init_app(app)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(NoFont, _show_no_font)
    app.register_error_handler(Exception, _show_crash)
    app.add_url_rule("/assets/<digest>/<path:name>", "asset", _asset)
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(asset("mark.svg"), 302))
    health.init_app(app)
    app.add_url_rule("/", "root", lambda: redirect(url_for("pages.home", lang=preferred())))
    for env in app.environments.values():
        env.globals.update(
            asset=asset,
            form_token=sessions.form_token,
            config=app.config,
            request=request,
            g=g,
            get_flashed_messages=get_flashed_messages,
        )
    addresses.init_app(app)
    if not app.debug:
        for env in app.environments.values():
            env.folder.lasting["asset"] = lambda name: addresses.anywhere(app, "asset", digest=_digest(app, name), name=name)
    app.context_processor(_names_for_templates)


def _reads_do_not_write() -> None:
    g.read_only = request.method in ("GET", "HEAD")


def keep_what_all_see(response):
    """For blueprints whose pages are the same for everybody who is not signed in: the browser may keep those, and goes back to them
    at once; it asks before it shows one again. A page with a form or a message in it is somebody's own."""
    everybodys = set(session) <= {"csrf_token", "_fresh"} and "csrf_token" not in g and not session.modified
    if response.status_code == 200 and everybodys and not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def asset(name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it for ever."""
    return address("asset", digest=_digest(current_app, name), name=name)


def _digest(app: Flask, name: str) -> str:
    known = app.extensions.setdefault("score_assets", {})
    if name not in known or app.debug:
        known[name] = hashlib.sha256((Path(app.static_folder) / name).read_bytes()).hexdigest()[:12]
    return known[name]


def _asset(digest: str, name: str):
    """While machines change over to a new release, one may be asked for another's file: what it has is not kept under that address."""
    response = send_from_directory(current_app.static_folder, name, conditional=False, etag=False)
    ours = digest == _digest(current_app, name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if ours else "no-cache"
    response.direct_passthrough = False
    response.make_sequence()
    response.close()  # read whole: nothing is left open when a browser goes away early
    return response


def other_language_url() -> str:
    """This page in the other language, with its query."""
    asked = request._get_current_object()
    if asked.url_rule is None or "lang" not in asked.url_rule.arguments:
        return f"/{other_language()}/"
    here = address(asked.endpoint, **(asked.view_args or {}) | {"lang": other_language()})
    query = asked.query_string.decode()
    return f"{here}?{query}" if query else here


def _names_for_templates() -> dict:
    lang = current_language()
    return {"lang": lang, "html_lang": HTML_LANG[lang], "other_language_url": other_language_url()}


def show_error(error: HTTPException):
    """An error page in the reader's language, also for addresses without a prefix."""
    if error.code is None or error.code < 400:
        return error
    if not g.get("lang"):
        first = request.path.split("/")[1:2]
        g.lang = first[0] if first and first[0] in ("zh", "en") else preferred()
    db.session.rollback()
    return render_template("errors/page.html", code=error.code), error.code, dict(_safe_headers(error))


def _safe_headers(error: HTTPException):
    for name in ("Allow", "Retry-After"):
        value = dict(error.get_headers()).get(name)
        if value:
            yield name, value


def _show_crash(error: Exception):
    if faults.passes(error):
        faults.note(error)
        return faults.page(error)
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS", True):
        raise error
    if g.get("nobody"):  # a traceback may hold what somebody answered
        current_app.logger.error("a page for nobody failed: %s", type(error).__name__)
    else:
        current_app.logger.exception("a page failed")
    g.crashed = True
    return show_error(_code(500))


def _show_no_font(error: NoFont):
    db.session.rollback()
    return render_template("errors/no_font.html", sentence=error.sentence), 503


def _code(number: int) -> HTTPException:
    try:
        abort(number)
    except HTTPException as error:
        return error


def as_download(content: bytes, name: str, plain_name: str, media_type: str):
    """A file to keep under its own name, Chinese or not (RFC 5987); `plain_name` is for what reads ASCII only."""
    response = current_app.response_class(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(file_name(name), safe='')}"
    return response


def file_name(name: str) -> str:
    """Without what no system takes in a name, and without what makes one read as another."""
    return FORBIDDEN_IN_FILE_NAMES.sub(" ", name)


def flash_warning(sentence: str, label: str = "", href: str = "") -> None:
    """What somebody should still look at, with where to do that."""
    flash(Markup('{} <a href="{}">{}</a>').format(sentence, href, label) if href else sentence, "warning")


def flash_ok(sentence: str) -> None:
    """What was done, told on the next page."""
    flash(sentence, "ok")
