"""What does the full report say of each statement? Answer, reason, note, evidence, and how workers and trainer see it."""

from score_web.assessment.answering import Reply
from score_web.assessment.evidence import Piece
from score_web.assessment.exports.report import Report
from score_web.assessment.exports.wording import Wording
from score_web.assessment.findings import shown
from score_web.assessment.lenses import Shown
from score_web.assessment.questionnaire import SCALE, Statement
from score_web.core.i18n import _, show_date, show_datetime
from score_web.core.words import N_, Sentence

NO_ANSWER, NOT_APPLICABLE, DISCUSS = N_("No answer"), N_("Not applicable"), N_("Discuss together")


def themes(report: Report, w: Wording) -> list[dict]:
    return [
        {"letter": row.theme.letter, "title": w(row.theme.title),
         "percent": None if row.now is None else f"{shown(row.now):g}%",
         "statements": [_statement(s, report, w) for s in row.theme.statements]}
        for row in report.found.rows
    ]


def answer(reply: Reply) -> str:
    """The msgid or text of what was chosen."""
    if reply.not_applicable:
        return NOT_APPLICABLE
    return NO_ANSWER if reply.value is None else SCALE[reply.value].label


def seen(value: Shown | None) -> str:
    """What a lens may show: "≤ 10%" where the true number would say too much."""
    if value is None:
        return "–"
    return f"{'≤ ' if value.at_most else '≥ ' if value.at_least else ''}{round(value.percent)}%"


def _statement(statement: Statement, report: Report, w: Wording) -> dict:
    stored = report.stored(statement.id)
    reply = stored.reply
    said = [(N_("Reason"), reply.reason if reply.not_applicable else ""), (N_("Note"), reply.note)]
    return {
        "id": statement.id, "text": w(statement.text), "level": reply.value, "answer": w(answer(reply)),
        "critical": w(N_("Minimum standard")) if statement.critical else [],
        "missed": statement.critical and reply.rating.low,
        "discuss": w(DISCUSS) if reply.discuss else [],
        "said": [{"label": w(label), "text": text} for label, text in said if text],
        "others": _others(statement, report, w),
        "evidence": [_evidence(piece, report, w) for piece in report.evidence.get(statement.id, ())],
        "changed": w(lambda: _("%(name)s, %(time)s", name=stored.by_name, time=show_datetime(stored.at)))
        if report.with_names and stored.by_name else [],
    }


def _others(statement: Statement, report: Report, w: Wording) -> list[dict]:
    """Workers only as far as it may be shown; the trainer's rating with the comment as typed."""
    lines = []
    if heard := report.lenses.workers.shown.get(statement.id):
        value = Sentence(N_("%(percent)s from %(n)s answers"), percent=seen(heard), n=report.lenses.workers.numbers[statement.id])
        lines.append({"label": w(N_("Workers")), "value": w(value), "text": ""})
    found = report.trainer.get(statement.id)
    if found and (found.reply.choice or found.reply.note):
        lines.append({"label": w(N_("Trainer")), "value": w(answer(found.reply)) if found.reply.choice else [], "text": found.reply.note})
    return lines


def _evidence(piece: Piece, report: Report, w: Wording) -> dict:
    """A photo without a picture here is beyond the limit or lost; its name stands there all the same."""
    dates = w(lambda: _("of %(made)s, uploaded %(uploaded)s", made=show_date(piece.made_on), uploaded=show_date(piece.uploaded_at)))
    return {
        "kind": w(piece.kind.label), "name": piece.name, "caption": piece.caption, "dates": dates,
        "picture": f"{piece.id}.jpg" if piece.id in report.pictures else None,
        "alt": piece.caption or piece.name, "by": piece.uploaded_by if report.with_names else "",
    }
