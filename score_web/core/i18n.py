"""Which language, and how are texts shown in it? The address decides (/zh/, /en/); templates are compiled once per language."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock

import babel.dates
import babel.numbers
from babel.support import Translations
from flask import Flask, current_app, g, has_app_context, request
from flask_babel import force_locale, gettext, lazy_gettext, ngettext
from jinja2 import Environment, Template, nodes, pass_eval_context
from markupsafe import Markup, escape

from score_web.core import clock, compiled, cookies
from score_web.core.catalogue import compile_stale
from score_web.core.compiled import Kept
from score_web.core.folding import Folder
from score_web.core.words import Sentence, Text
from score_web.extensions import babel as locale_of_request

LANGUAGES = {"zh": "中文", "en": "English"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
TREES = Lock()  # Python 3.11 fails when two threads parse code into trees: Jinja does for 1.5, werkzeug for the address of a page

_ = gettext
__all__ = [
    "LANGUAGES",
    "TREES",
    "_",
    "current_language",
    "folded_for",
    "in_language",
    "init_app",
    "lazy_gettext",
    "ngettext",
    "other_language",
    "preferred",
    "say",
]


def current_language() -> str:
    """The language of this page, or of the mail being written."""
    try:
        here = g._get_current_object()  # asked some thirty times a page: g itself looks anew each time
    except RuntimeError:  # on the command line
        return "en"
    return here.get("forced_language") or here.get("lang") or "en"


def other_language() -> str:
    return "en" if current_language() == "zh" else "zh"


class in_language:
    """`with in_language("zh"):` mails and both-language texts are written in the recipient's language."""

    def __init__(self, language: str):
        self.language = language

    def __enter__(self):
        self.before, g.forced_language = g.get("forced_language"), self.language
        self.locale = force_locale(self.language)
        self.locale.__enter__()

    def __exit__(self, *error):
        self.locale.__exit__(*error)
        g.forced_language = self.before


def preferred() -> str:
    """For addresses without a language: cookie, then Accept-Language, then Chinese."""
    chosen = cookies.kept("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(["zh", "en"], default="zh")


def say(thing) -> str:
    """Show a Sentence, a Text, an English msgid or a lazy string in the current language."""
    if isinstance(thing, Text):
        return thing[current_language()]
    if isinstance(thing, Sentence):
        text = _translated(thing.msgid)
        return text % {k: _shown(v) for k, v in thing.values.items()} if thing.values else text
    return _translated(thing) if type(thing) is str else str(thing)


def _translated(msgid: str) -> str:
    """From the catalogue at once: gettext looks six times for the language of the request, and a page says some fifty texts."""
    return current_app.environments[current_language()].folder.gettext(msgid) if has_app_context() else gettext(msgid)


def _shown(value):
    """A value inside a sentence: sentences and texts in this language, days with their weekday."""
    if isinstance(value, Sentence | Text):
        return say(value)
    return show_day(value) if type(value) is date else value


def show_date(value: date | datetime | None) -> str:
    return _written(_local(value), "long", LOCALES[current_language()]) if value else "–"


def show_day(value: date) -> str:
    """With the weekday and without the year: what one needs to keep an appointment."""
    pattern = "M月d日 EEE" if current_language() == "zh" else "EEE d MMM"
    return _written(value, pattern, LOCALES[current_language()])


@lru_cache(maxsize=1000)
def _written(day: date, pattern: str, locale: str) -> str:
    """A page shows the same few days again and again, and putting one into words is slow."""
    return babel.dates.format_date(day, pattern, locale=locale)


def show_days(first: date, last: date) -> str:
    """One day, or the first and last of several, as short as the language allows."""
    return babel.dates.format_interval(first, last, "MMMd", locale=LOCALES[current_language()])


def show_datetime(value: datetime | None) -> str:
    if not value:
        return "–"
    local = clock.in_china(value)
    pattern, between = ("y年M月d日", " ") if current_language() == "zh" else ("d MMM y", ", ")
    return f"{_written(local.date(), pattern, LOCALES[current_language()])}{between}{local:%H:%M}"


def show_deadline(value: datetime) -> str:
    """Midnight belongs to the day that ends: "24 Nov, 24:00"."""
    local = clock.in_china(value)
    ends = local.hour == local.minute == 0
    day = local.date() - timedelta(days=1) if ends else local.date()
    pattern, between = ("M月d日", "") if current_language() == "zh" else ("EEE d MMM", ", ")
    return _written(day, pattern, LOCALES[current_language()]) + between + ("24:00" if ends else f"{local:%H:%M}")


def show_time(value: datetime) -> str:
    local = clock.in_china(value)
    return f"{local.hour:02}:{local.minute:02}"  # in a third of the time of strftime, for each answer of a page


def show_number(value) -> str:
    return "–" if value is None else babel.numbers.format_decimal(value, locale=LOCALES[current_language()])


def show_percent(value: float | None) -> str:
    """Whole percents, "–" where there is nothing to show. Bands use the unrounded value."""
    return "–" if value is None else f"{round(value)}%"


def _local(value):
    return clock.in_china(value).date() if isinstance(value, datetime) else value


class LanguageEnvironment(Environment):
    """A Jinja environment that speaks one language."""

    folder: Folder

    def make_globals(self, d):
        """A plain dictionary: every page copies it, and Jinja's own takes as long as a query to copy."""
        return {**self.globals, **(d or {})}

    def parsed(self, name: str) -> nodes.Template:
        """A template as it was written."""
        source, filename, _ = self.loader.get_source(self, name)
        return self._plain(source, name, filename)

    def _plain(self, source, name, filename) -> nodes.Template:
        with TREES:
            return super()._parse(source, name, filename)

    def _parse(self, source, name, filename):
        return self.folder.fold(self._plain(source, name, filename), name)

    def folded_for(self, name: str, key: str, known: dict) -> Template:
        """The template for values that are known before any request, such as one theme of a questionnaire; `key` names them."""
        if (name, key) not in self.for_values:
            source, filename, _ = self.loader.get_source(self, name)
            bucket = self.bytecode_cache and self.bytecode_cache.get_bucket(self, f"{name} for {key}", filename, source)
            code = bucket and bucket.code
            if code is None:
                code = self.compile(self.folder.fold(self._plain(source, name, filename), name, known), name, filename)
                if bucket:
                    bucket.code = code
                    self.bytecode_cache.set_bucket(bucket)
            self.for_values[name, key] = Template.from_code(self, code, self.make_globals(None))
        return self.for_values[name, key]


def folded_for(name: str, key: str, known: dict) -> Template:
    """A template in the language of this page, see LanguageEnvironment.folded_for."""
    return current_app.jinja_env.folded_for(name, key, known)


@pass_eval_context
def fill(eval_ctx, text: str, /, **values) -> str:
    """A translated text with its values, each escaped on pages; mails (.txt) are plain text."""
    if not eval_ctx.autoescape:
        return text % values
    return Markup(text) % {key: escape(value) for key, value in values.items()}


def _environment(app: Flask, language: str, kept: Path) -> LanguageEnvironment:
    env = LanguageEnvironment(
        loader=app.create_global_jinja_loader(),
        autoescape=app.select_jinja_autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        auto_reload=app.debug,
        bytecode_cache=None if app.debug else Kept(str(kept), f"{language}_%s"),
    )
    directory = Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    env.folder = Folder(env, language, Translations.load(str(directory), [language]).gettext, fill)
    env.folder.known["html_lang"] = HTML_LANG[language]
    env.for_values = {}
    env.policies["json.dumps_function"] = app.json.dumps
    env.globals.update(_=gettext, ngettext=ngettext, fill=fill, say=say)
    env.filters.update(days=show_days, deadline=show_deadline, fill=fill, say=say)
    env.filters.update(date=show_date, day=show_day, datetime=show_datetime, time=show_time, number=show_number, percent=show_percent)
    return env


def init_app(app: Flask) -> None:
    compile_stale(Path(app.config["BABEL_TRANSLATION_DIRECTORIES"]))
    locale_of_request.init_app(app, locale_selector=current_language, timezone_selector=lambda: "Asia/Shanghai")
    kept = compiled.folder(app)
    app.environments = {language: _environment(app, language, kept) for language in LANGUAGES}

    @app.url_value_preprocessor
    def take_language(_endpoint, values):
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @app.url_defaults
    def add_language(endpoint, values):
        if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values.setdefault("lang", current_language())
