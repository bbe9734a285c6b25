"""How does a self-assessment become an Excel file? Three sheets: summary, every answer, every piece of evidence."""

from score_web.assessment.exports.details import DISCUSS, answer, seen
from score_web.assessment.exports.paper import TRAINER, WORKERS, people
from score_web.assessment.exports.report import NOTHING, Report
from score_web.assessment.exports.wording import Wording, Words
from score_web.assessment.findings import shown
from score_web.core.i18n import _, show_date
from score_web.core.sheets import Column, Sheet, workbook
from score_web.core.words import N_, Sentence


def report_xlsx(report: Report, words: Words) -> bytes:
    w = Wording(words)
    return workbook([_summary(report, w), _answers(report, w), _evidence(report, w)], title=w.one(report.enterprise, " · "))


def _summary(report: Report, w: Wording) -> Sheet:
    score = report.found.score
    above = [
        [w.one(report.enterprise, " · ")],
        [w.one(Sentence(N_("Module %(n)s: %(title)s"), n=report.module.number, title=report.module.title), " · ")],
        [w.one(Sentence(N_("Self-assessment no. %(n)s"), n=report.number), " · "), _day(report, w)],
        [w.one(lambda: people(report), " · ")],
        [w.one(N_("Edition of the questionnaire")), report.edition],
        [w.one(N_("Total in percent")), _shown(score.percent), w.one(score.band.label) if score.band else None],
        [w.one(N_("Statements answered")), score.answered, w.one(Sentence(N_("of %(total)s"), total=score.total))],
        [w.one(N_("Minimum standards not met: look at these first")), len(score.red_flags), " ".join(s.id for s in score.red_flags)],
    ]
    before = [Column(w.one(lambda: _("No. %(n)s", n=report.earlier[0])), 12), Column(w.one(N_("Difference")), 12)] if report.earlier else []
    lenses = [Column(w.one(WORKERS), 14), Column(w.one(TRAINER), 14)]
    columns = [Column(w.one(N_("Theme")), 44), Column(w.one(N_("Now")), 14), *before, *lenses]
    rows = []
    for row, lens in zip(report.found.rows, report.lenses.rows, strict=True):
        earlier = [_shown(row.was), row.change] if report.earlier else []
        rows.append([w.one(Sentence(N_("%(letter)s %(title)s"), letter=row.theme.letter, title=row.theme.title), " · "),
                     _shown(row.now), *earlier, seen(lens.workers), seen(lens.trainer)])
    return Sheet(w.one(N_("Summary")), columns, rows, above)


def _day(report: Report, w: Wording) -> str:
    if not report.submitted:
        return w.one(N_("Draft: not submitted yet, answers may still change"), " · ")
    return w.one(lambda: _("submitted on %(date)s", date=show_date(report.day)), " · ")


def _shown(percent: float | None) -> float | None:
    return None if percent is None else shown(percent)


def _answers(report: Report, w: Wording) -> Sheet:
    names = [Column(w.one(N_("Last changed by")), 16), Column(w.one(N_("Last changed at")), 18)] if report.with_names else []
    columns = [
        Column(w.one(N_("Theme")), 24), Column(w.one(N_("No.")), 9), *(Column(text, 48) for text in w(N_("Statement"))),
        Column(w.one(N_("Minimum standard")), 10), Column(w.one(N_("Rating 0–3")), 9), *(Column(text, 16) for text in w(N_("Answer"))),
        Column(w.one(N_("Reason")), 28), Column(w.one(N_("Note")), 40), Column(w.one(DISCUSS), 10), Column(w.one(N_("Evidence")), 30),
        Column(w.one(WORKERS), 12), Column(w.one(TRAINER), 16), Column(w.one(N_("The trainer's comment")), 30), *names,
    ]
    rows = (_row(theme, statement, report, w) for theme in report.module.themes for statement in theme.statements)
    return Sheet(w.one(N_("Answers")), columns, rows)


def _row(theme, statement, report: Report, w: Wording) -> list:
    stored = report.stored(statement.id)
    reply, found = stored.reply, report.trainer.get(statement.id, NOTHING).reply
    yes = w.one(N_("yes"))
    names = [stored.by_name, stored.at] if report.with_names else []
    return [
        w.one(theme.title, " · "), statement.id, *w(statement.text), yes if statement.critical else None, reply.value, *w(answer(reply)),
        reply.reason, reply.note, yes if reply.discuss else None, "\n".join(p.name for p in report.evidence.get(statement.id, ())),
        seen(report.lenses.workers.shown.get(statement.id)), w.one(answer(found)) if found.choice else None, found.note, *names,
    ]


def _evidence(report: Report, w: Wording) -> Sheet:
    names = [Column(w.one(N_("Uploaded by")), 18)] if report.with_names else []
    columns = [Column(w.one(N_("No.")), 9), Column(w.one(N_("Kind")), 12), Column(w.one(N_("File name")), 40),
               Column(w.one(N_("Caption")), 40),
               Column(w.one(N_("Date of the evidence")), 14), Column(w.one(N_("Uploaded")), 18), *names]
    rows = ([piece.statement, w.one(piece.kind.label), piece.name, piece.caption, piece.made_on, piece.uploaded_at,
             *([piece.uploaded_by] if report.with_names else [])] for pieces in report.evidence.values() for piece in pieces)
    return Sheet(w.one(N_("Evidence")), columns, rows)
