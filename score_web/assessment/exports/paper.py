"""How does a report become a PDF? The words of each part in each language; Typst lays them out (typst/report.typ)."""

from score_web.assessment.exports.details import seen, themes
from score_web.assessment.exports.report import Report
from score_web.assessment.exports.wording import Wording, Words
from score_web.assessment.findings import SEGMENTS, shown
from score_web.assessment.questionnaire import SCALE
from score_web.assessment.radar import Outline, radar
from score_web.core import typesetting
from score_web.core.i18n import _, ngettext, say, show_date
from score_web.core.words import N_, Labelled, Sentence


class Form(Labelled):
    PAGE = "page", N_("One page")
    FULL = "full", N_("In full")


def report_pdf(report: Report, form: Form, words: Words) -> bytes:
    w = Wording(words)
    data = _head(report, w) | _result(report, w) | _findings(report, w)
    data["full"] = form is Form.FULL
    if data["full"]:
        data |= {"themes": themes(report, w), "key": _key(w), "left_out": _left_out(report, w)}
    else:
        data["elsewhere"] = w(lambda: _elsewhere(report))
    return typesetting.pdf("assessment/report.typ", data, pictures={f"{key}.jpg": content for key, content in report.pictures.items()})


def title(report: Report) -> str:
    """In the language of the page."""
    return _("Self-assessment report, module %(n)s, no. %(number)s", n=report.module.number, number=report.number)


def _head(report: Report, w: Wording) -> dict:
    return {
        "languages": w.languages,
        "title": f"{w.one(report.enterprise)} · {w.one(lambda: title(report), ' · ')}",
        "kind": w(N_("Self-assessment report")),
        "draft": [] if report.submitted else w(N_("Draft: not submitted yet, answers may still change")),
        "module": report.module.number,
        "module_title": w(Sentence(N_("Module %(n)s: %(title)s"), n=report.module.number, title=report.module.title)),
        "enterprise": list(dict.fromkeys(w(report.enterprise))),
        "facts": w(lambda: _facts(report)),
        "people": w(lambda: people(report)),
        "footer": w(N_("SCORE Training · what the enterprise says of itself; neither an inspection nor a certificate")),
        "pages": w(N_("Page {page} of {pages}"))[0],
    }


def _facts(report: Report) -> str:
    number = _("Self-assessment no. %(n)s", n=report.number)
    day = _("submitted on %(date)s", date=show_date(report.day)) if report.submitted else _("as of %(date)s", date=show_date(report.day))
    return " · ".join([number, day, _("questionnaire of %(edition)s", edition=report.edition)])


def people(report: Report) -> str:
    """Who took part, as far as the enterprise has said."""
    if report.took_part is None:
        return _("Who took part: not said")
    managers_women, managers_men, workers_women, workers_men = report.took_part
    return _("Took part: %(managers)s managers (women %(mw)s, men %(mm)s), %(workers)s workers (women %(ww)s, men %(wm)s)",
             managers=managers_women + managers_men, mw=managers_women, mm=managers_men,
             workers=workers_women + workers_men, ww=workers_women, wm=workers_men)


def _result(report: Report, w: Wording) -> dict:
    score, found = report.found.score, report.found
    return {
        "percent": None if score.percent is None else shown(score.percent),
        "was": None if found.change is None else shown(found.earlier.percent),
        "band": w(score.band.label) if score.band else w(N_("Nothing rated yet")),
        "counted": w(Sentence(N_("%(answered)s of %(total)s statements answered, %(rated)s rated."), answered=score.answered,
                              total=score.total, rated=score.rated)),
        "change": [] if found.change is None else w(lambda: _change(report)),
        "segments": [{"label": w(s.band.label), "start": s.start, "end": s.end, "here": s.band is score.band} for s in SEGMENTS],
        "radar": _radar(report, w),
        "table": _table(report, w),
        "voice": w(Sentence(N_("%(n)s or more of %(all)s employees answered the worker survey."), n=report.voice[0], all=report.voice[1]))
        if report.voice and report.voice[1] else [],
    }


def _change(report: Report) -> str:
    points, (number, day) = report.found.change, report.earlier
    values = {"n": f"{abs(points):g}", "number": number, "date": show_date(day)}
    if points > 0:
        return _("%(n)s points more than in no. %(number)s (%(date)s)", **values)
    if points < 0:
        return _("%(n)s points less than in no. %(number)s (%(date)s)", **values)
    return _("the same as in no. %(number)s (%(date)s)", **values)


def _radar(report: Report, w: Wording) -> dict:
    rows, lenses = report.found.rows, report.lenses

    def through(name: str) -> list[float | None] | None:
        values = [getattr(row, name) for row in lenses.rows]
        return [value and value.percent for value in values] if any(values) else None

    drawn = radar([row.now for row in rows], [row.was for row in rows] if report.earlier else None,
                  others=[through("workers"), through("trainer")], radius=100, gap=12)
    outlines = [("now", drawn.now, w(N_("This time"))), ("was", drawn.was, w(lambda: _last(report)) if report.earlier else [])]
    outlines += [(name, one, w(label)) for name, one, label in zip(("workers", "trainer"), drawn.others, (WORKERS, TRAINER), strict=True)]
    return {
        "rings": [[list(point) for point in line.corners] for _ring, line in drawn.rings],
        "axes": [{"end": list(axis.end), "label": list(axis.label), "letter": row.theme.letter, "value": _percent(row.now)}
                 for axis, row in zip(drawn.axes, rows, strict=True)],
        "outlines": [{"name": name, "legend": legend, **_outline(one)} for name, one, legend in outlines if one],
        "alt": w.one(lambda: _in_words(report), "; "),
    }


def _outline(outline: Outline) -> dict:
    return {"lines": [{"closed": line.closed, "points": [list(p) for p in line.corners]} for line in outline.lines],
            "dots": [list(corner.dot) for corner in outline.corners]}


def _in_words(report: Report) -> str:
    themes = (f"{row.theme.letter} {say(row.theme.title)} {_percent(row.now)}" for row in report.found.rows)
    return _("Radar chart of the themes: %(themes)s", themes=", ".join(themes))


def _last(report: Report) -> str:
    return _("Baseline") if report.earlier[0] == 1 else _("No. %(n)s", n=report.earlier[0])


WORKERS, TRAINER = N_("Workers say"), N_("Trainer found")


def _table(report: Report, w: Wording) -> dict:
    """Theme, last time, now, difference, and the other lenses where somebody looked through them."""
    lenses = report.lenses.rows
    columns = [(w(lambda: _last(report)), [_percent(row.was) for row in report.found.rows])] if report.earlier else []
    columns.append((w(N_("Now")), [_percent(row.now) for row in report.found.rows]))
    if report.earlier:
        columns.append((w(N_("Difference")), ["–" if row.change is None else f"{row.change:+g}" for row in report.found.rows]))
    columns += [(w(label), [seen(getattr(row, name)) for row in lenses]) for name, label in (("workers", WORKERS), ("trainer", TRAINER))
                if any(getattr(row, name) for row in lenses)]
    return {
        "theme": w(N_("Theme")), "heads": [head for head, _values in columns], "bold": 1 if report.earlier else 0,
        "rows": [{"letter": row.theme.letter, "title": w(row.theme.title), "values": [values[i] for _head, values in columns]}
                 for i, row in enumerate(report.found.rows)],
    }


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{shown(value):g}%"


def _findings(report: Report, w: Wording) -> dict:
    score = report.found.score
    return {
        "flags_title": w(N_("Minimum standards not met: look at these first")),
        "flags": [{"id": s.id, "text": w(s.text), "answer": w(SCALE[report.stored(s.id).reply.value].label)} for s in score.red_flags],
        "actions_title": w(N_("First actions")),
        "actions": [{"what": w(a.statement.action), "id": a.statement.id, "answer": w(SCALE[a.rating].label),
                     "critical": a.statement.critical} for a in score.first_actions],
        "no_actions": w(N_("Nothing is below “mostly in place”")),
        "minimum": w(N_("Minimum standard")),
    }


def _key(w: Wording) -> dict:
    return {"title": w(N_("What the answers mean")),
            "rows": [{"level": a.value, "label": w(a.label), "meaning": w(a.meaning) if a.meaning else []} for a in SCALE]}


def _elsewhere(report: Report) -> str:
    """What one page leaves out."""
    notes = sum(bool(stored.reply.note) for stored in report.answers.values())
    pieces = sum(len(found) for found in report.evidence.values())
    parts = [ngettext("%(num)s answer", "%(num)s answers", report.found.score.answered),
             ngettext("%(num)s note", "%(num)s notes", notes), ngettext("%(num)s piece of evidence", "%(num)s pieces of evidence", pieces)]
    return _("Left out on this one page: %(parts)s. They are in the full report.", parts=_(", ").join(parts))


def _left_out(report: Report, w: Wording) -> dict:
    """Photos that are named beside their answer but not shown, and characters that cannot be drawn."""
    over = [f"{piece.statement} {piece.name}" for piece in report.over_limit]
    lost = [f"{piece.statement} {piece.name}" for piece in report.lost]
    parts = [(w(N_("Photos beyond the limit of this file; they can be downloaded with all evidence")), over),
             (w(N_("Photos whose file is not on the server")), lost)]
    return {"title": w(N_("Left out")), "parts": [{"why": why, "names": names} for why, names in parts if names],
            "characters": w(N_("Characters that no font on the server can draw are printed as 〓")),
            "none": w(N_("Nothing. Of documents the names stand here; the files themselves are in the ZIP of evidence."))}
