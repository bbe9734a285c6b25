"""How does a questionnaire look on paper? Every statement with big boxes to tick and a line for a note."""

from score_web.assessment.exports.wording import Wording, Words
from score_web.assessment.questionnaire import NOT_APPLICABLE, SCALE, Module
from score_web.core import typesetting
from score_web.core.i18n import _
from score_web.core.words import N_, Sentence


def blank_pdf(module: Module, words: Words) -> bytes:
    w = Wording(words)
    scale = [*SCALE, NOT_APPLICABLE]
    return typesetting.pdf("assessment/blank.typ", {
        "languages": w.languages,
        "title": f"{w.one(N_('Self-assessment questionnaire'), ' · ')}: {w.one(module.title, ' · ')}",
        "kind": w(N_("Self-assessment questionnaire")),
        "module": module.number,
        "module_title": w(Sentence(N_("Module %(n)s: %(title)s"), n=module.number, title=module.title)),
        "intro": w(module.intro),
        "how": w(N_("Tick one box per statement, managers and workers together. “Not applicable” needs its reason on the note line.")),
        "fields": [w(text) for text in (N_("Enterprise"), N_("Date"), N_("Managers (women / men)"), N_("Workers (women / men)"))],
        "scale": [{"value": "" if a is NOT_APPLICABLE else str(a.value), "label": w(a.label), "meaning": w(a.meaning) if a.meaning else []}
                  for a in scale],
        "statement": w(N_("Statement")),
        "minimum": w(N_("Minimum standard")),
        "note": w(N_("Note")),
        "themes": [{"letter": theme.letter, "title": w(theme.title),
                    "statements": [{"id": s.id, "text": w(s.text), "critical": s.critical} for s in theme.statements]}
                   for theme in module.themes],
        "footer": w(lambda: _("SCORE Training · edition %(edition)s of the questionnaire", edition=module.edition)),
        "pages": w(N_("Page {page} of {pages}"))[0],
    })
