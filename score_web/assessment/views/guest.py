"""Trying module 1 without an account: one theme a page, a check, the results; and taking the answers over once one has an account.

A browser that has saved something carries the key of its trial in a cookie of its own, for a day and for nothing else.
"""

from datetime import timedelta

from flask import abort, g, make_response, redirect, render_template, request, url_for

from score_web.access import allow, current_actor, public
from score_web.accounts.services import Bringing, bring
from score_web.assessment import answering, questionnaire, scoring, sheet
from score_web.assessment.findings import SEGMENTS, Findings
from score_web.assessment.models import GuestDraft
from score_web.assessment.queries import module_of
from score_web.assessment.queries.guest import answers_in, draft_of_key, drafts_waiting, may_take_over, module_tried, score_of_draft
from score_web.assessment.questionnaire import Theme
from score_web.assessment.services import guest
from score_web.assessment.views.blueprint import assessment
from score_web.core import clock, cookies, jobs
from score_web.core.forms import clean, switching_language
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.core.words import N_, Sentence
from score_web.permissions import Actor, Permission

COOKIE = "guest"
KEPT_WHEN_ACTIVE = Sentence(
    N_("In this browser you tried module 1 without an account. Your answers are kept for you once you have opened the link in our mail.")
)


def init_app(app) -> None:
    bring(app, "guest_draft", Bringing(
        notice=lambda: KEPT_WHEN_ACTIVE if (draft := _draft()) and not draft.person_id else None,
        pack=lambda: guest.keep_until_activated(_key()),
        unpack=lambda person, hashed: guest.keep_for(person.id, hashed),
    ))
    jobs.register(app, "guest drafts", every=timedelta(hours=1), work=guest.forget_expired)


def _key() -> str | None:
    return cookies.kept(COOKIE)


def _draft(*, lock: bool = False) -> GuestDraft | None:
    """The trial of this browser. One that waits for somebody's account is theirs alone: others know the key too, who began it or
    who uses the same device."""
    draft, actor = draft_of_key(_key(), lock=lock), current_actor()
    return draft if draft and (draft.person_id is None or (actor and draft.person_id == actor.person_id)) else None


def offer_of(actor: Actor) -> tuple[GuestDraft, bool] | None:
    """For the hub: the trial that waits for this person or in this browser, and whether its answers may become theirs."""
    waiting = drafts_waiting(actor, _key())
    return (waiting[0], may_take_over(actor.enterprise_id, waiting[0].module)) if waiting else None


def _show(template: str, draft: GuestDraft | None, **more):
    """Every page of the trial says until when it is kept; or that it has ended."""
    return render_template(
        template, draft=draft, ended=bool(_key()) and draft is None, score=score_of_draft(draft),
        module=module_tried(draft), scale=questionnaire.SCALE, **more,
    )


@assessment.get("/try/")
@public
def guest_start():
    return _show("assessment/guest_start.html", _draft())


@assessment.route("/try/<string(length=1):letter>", methods=["GET", "POST"])
@public
def guest_theme(letter: str):
    draft = _draft(lock=request.method == "POST")
    asked = module_tried(draft).theme(letter) or abort(404)
    if request.method != "POST":
        return _theme_page(draft, asked)
    typed = answering.read_page(asked, request.form, clean)
    if g.get("refused") or switching_language():
        return _theme_page(draft, asked, typed)
    if typed.errors:
        return _theme_page(draft, asked, typed), 422
    return _save(draft, asked, typed)


def _theme_page(draft: GuestDraft | None, asked: Theme, typed: answering.Typed | None = None) -> str:
    lines = sheet.lines(asked, answers_in(draft), since=draft.created_at if draft else clock.now(), typed=typed)
    following, last = _after(draft, asked), sheet.last_saved(lines)
    return _show("assessment/guest_theme.html", draft, theme=asked, lines=lines, last=last, following=following)


def _after(draft: GuestDraft | None, asked: Theme) -> Theme | None:
    themes = module_tried(draft).themes
    return next(iter(themes[themes.index(asked) + 1:]), None)


def _save(draft: GuestDraft | None, asked: Theme, typed: answering.Typed):
    """The first answer that is saved begins the trial: until then the browser gets no cookie and the database no row."""
    if not typed.changes:
        return redirect(_next_page(draft, asked), 303)
    key = None
    if draft is None:
        draft, key = guest.begin_trial(client=request.remote_addr or "")
    guest.save_trial(draft, typed.changes)
    response = make_response(redirect(_next_page(draft, asked), 303))
    if key:
        cookies.keep(response, COOKIE, key, max_age=guest.DAY)
    return response


def _next_page(draft: GuestDraft | None, asked: Theme) -> str:
    """The next theme, the check after the last one; the same page while a reason is missing on it."""
    answers, following = answers_in(draft), _after(draft, asked)
    stay = next((s.id for s in asked.statements if s.id in answers and answers[s.id].reply.lacks_reason), None)
    if stay:
        return url_for("assessment.guest_theme", letter=asked.letter, _anchor=stay)
    return url_for("assessment.guest_theme", letter=following.letter) if following else url_for("assessment.guest_check")


@assessment.get("/try/check")
@public
def guest_check():
    draft = _draft()
    answers, themes = answers_in(draft), score_of_draft(draft).themes
    listed = [(t, sheet.lines(t.theme, answers, since=clock.now())) for t in themes]
    gap = next(((t.theme.letter, line.statement.id) for t, lines in listed for line in lines if not line.answered), None)
    return _show("assessment/guest_check.html", draft, themes=listed, gap=gap, missing=scoring.may_submit(score_of_draft(draft)))


@assessment.get("/try/results")
@public
def guest_results():
    """Under the same conditions as a real self-assessment: of too few answers no result is made."""
    draft = _draft()
    score = score_of_draft(draft)
    if scoring.may_submit(score):
        return redirect(url_for("assessment.guest_check"))
    return _show("assessment/guest_results.html", draft, found=Findings(score), segments=SEGMENTS, answers=answers_in(draft))


@assessment.post("/try/delete")
@public
def guest_delete():
    for draft in drafts_waiting(current_actor(), _key()):
        guest.forget(draft)
    flash_ok(_("Your trial is deleted."))
    return _without_cookie(redirect(url_for("assessment.hub" if current_actor() else "assessment.guest_start"), 303))


@assessment.post("/try/keep")
@allow(Permission.ASSESSMENT_HUB, back="assessment.hub")
def guest_keep():
    for draft in drafts_waiting(current_actor(), _key()):
        guest.keep_for(current_actor().person_id, draft.key_hash)
    flash_ok(_("Your trial is kept for you."))
    return redirect(url_for("assessment.hub"), 303)


@assessment.post("/try/take-over")
@allow(Permission.ASSESSMENT_HUB, back="assessment.hub")
def guest_take_over():
    actor = current_actor()
    waiting = drafts_waiting(actor, _key()) or abort(404)
    round_ = guest.take_over(waiting[0], enterprise_id=actor.enterprise_id, by=actor)
    flash_ok(_("Your self-assessment begins with the answers of your trial. Look at each of them together before you submit."))
    letter = module_of(round_).themes[0].letter
    return _without_cookie(redirect(url_for("assessment.theme", assessment_round_id=round_.id, letter=letter), 303))


def _without_cookie(response):
    cookies.drop(response, COOKIE)
    return response
