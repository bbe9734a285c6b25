"""What is the address of a page? The same for the same page, so each is put together once and then known.

A page shows some twenty links, and putting one together looks through the rules of all pages.
"""

from functools import partial

from flask import Flask, current_app, url_for
from werkzeug.routing import Rule

from score_web.core.i18n import LANGUAGES, TREES, current_language

MOST = 5000  # addresses that are known at a time; beyond that all are forgotten


class LazyRule(Rule):
    """Compiles what puts its addresses together at the first link to it: most pages are linked to much later than at the start."""

    def _compile_builder(self, append_unknown: bool = True):
        compile_now, made = super()._compile_builder, []

        def build(rule, /, **values) -> tuple[str, str]:
            if not made:
                with TREES:
                    made[:] = made or [compile_now(append_unknown)]
            return made[0](rule, **values)

        return build


class Addresses:
    """What `url_for` says on pages of one language."""

    def __init__(self):
        self.known: dict[tuple, str] = {}

    def __call__(self, endpoint: str, **values) -> str:
        key = (endpoint, *values.items())
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= MOST:
                self.known.clear()
            found = self.known[key] = url_for(endpoint, **values)
        return found


def address(endpoint: str, **values) -> str:
    """In the language of this page, as templates have it under the name url_for."""
    return current_app.extensions["score_addresses"][current_language()](endpoint, **values)


def init_app(app: Flask) -> None:
    known = app.extensions["score_addresses"] = {language: Addresses() for language in LANGUAGES}
    for language, env in app.environments.items():
        env.globals["url_for"] = env.filters["url_for"] = known[language]
        env.folder.lasting["url_for"] = partial(_in_language, app, language)


def anywhere(app: Flask, endpoint: str, **values) -> str:
    """An address that needs nothing of the page on which it stands: known before any page is asked for."""
    return app.url_map.bind("").build(endpoint, values)


def _in_language(app: Flask, language: str, endpoint: str, **values) -> str:
    lang = {"lang": language} if app.url_map.is_endpoint_expecting(endpoint, "lang") else {}
    return anywhere(app, endpoint, **lang | values)
