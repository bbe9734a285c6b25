"""How does a survey reach people? As a QR code on the screen, a poster and paper slips, in both languages."""

import io

from flask import url_for
from markupsafe import Markup

from score_web.assessment.questionnaire import Module
from score_web.core import typesetting
from score_web.core.i18n import LANGUAGES, _, in_language, show_day
from score_web.core.mail import base_url
from score_web.pulse import anonymity
from score_web.pulse.models import PulseSurvey
from score_web.pulse.queries import module_asked


def link(survey: PulseSurvey, language: str = "zh") -> str:
    """The whole address that workers open; from a QR code in Chinese, where the page offers English."""
    return base_url() + url_for("pulse.answer", token=survey.token, lang=language)


def qr_code(survey: PulseSurvey) -> Markup:
    """For a page: drawn by attributes only, dark on a light ground of its own, also where the page is dark."""
    return Markup(_svg(survey, xmldecl=False, svgclass="qr", omitsize=True))


def _svg(survey: PulseSurvey, **options) -> str:
    import segno  # noqa: PLC0415 - few requests need it

    drawn = io.BytesIO()
    segno.make(link(survey), error="m", micro=False).save(drawn, kind="svg", border=4, dark="#000", light="#fff", **options)
    return drawn.getvalue().decode()


def poster(survey: PulseSurvey) -> bytes:
    """One sheet, both languages."""
    data = {"module": module_asked(survey).number, "link": link(survey), "words": {code: _poster_words(survey, code) for code in LANGUAGES}}
    return typesetting.pdf("pulse/poster.typ", data, pictures={"qr.svg": _svg(survey).encode()})


def _poster_words(survey: PulseSurvey, language: str) -> dict:
    module = module_asked(survey)
    with in_language(language):
        return {
            "title": _("What is it really like here?"),
            "company": survey.round.enterprise.name(language),
            "module": _("Anonymous worker survey: %(title)s", title=module.title[language]),
            "how": [
                _("Scan the code with WeChat or the camera."),
                _("Choose what is true: %(number)s statements, about 3 minutes.", number=len(anonymity.asked(module))),
                _("Send it. That is all."),
            ],
            "promise": _(
                "No name, no phone number, no sign-in. Only totals of at least 5 people are shown: nobody finds out who said what."
            ),
            "until": _("Until %(day)s. No phone at hand? Ask for a paper slip.", day=show_day(survey.last_day)),
        }


def slips(survey: PulseSurvey) -> bytes:
    """Paper slips to cut apart: every statement with numbered boxes, both languages."""
    module = module_asked(survey)
    data = {
        "module": module.number,
        "digits": [{"digit": digit, **_both(anonymity.LABELS[choice])} for digit, choice in anonymity.DIGITS.items()],
        "statements": [{"id": s.id, **_both(s.worker_text)} for s in anonymity.asked(module)],
        "words": {code: _slip_words(module, code) for code in LANGUAGES},
        "link": link(survey),
    }
    return typesetting.pdf("pulse/slips.typ", data)


def _both(text) -> dict:
    return {code: text[code] for code in LANGUAGES}


def _slip_words(module: Module, language: str) -> dict:
    with in_language(language):
        return {
            "title": _("Anonymous worker survey: %(title)s", title=module.title[language]),
            "how": _("Tick one box in each line; leave out what you like. No name. Put the slip into the box."),
        }
