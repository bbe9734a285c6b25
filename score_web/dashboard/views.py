"""One page per person: what waits for me, what comes next."""

from flask import Blueprint, current_app, render_template, request

from score_web.access import allow, current_actor
from score_web.booking.queries.lists import coming_for
from score_web.core import clock
from score_web.core.addresses import address
from score_web.core.i18n import current_language, say
from score_web.dashboard import loop, navigation, queries
from score_web.permissions import Permission

dashboard = Blueprint("dashboard", __name__, url_prefix="/<any(zh,en):lang>/dashboard")


def init_app(app) -> None:
    app.register_blueprint(dashboard)
    app.context_processor(names_for_the_shell)


def names_for_the_shell() -> dict:
    """What the shell of every page shows: who is here, the menu, how many messages are unread."""
    actor = current_actor()
    return {"actor": actor, "nav": _menu(actor), "inbox_count": actor.unread if actor else 0}


def _menu(actor) -> list[dict]:
    """The same for everybody with the same roles: put together once for each page and language."""
    known = current_app.extensions.setdefault("score_menus", {})
    roles = frozenset(membership.role for membership in actor.memberships) if actor else None
    key = (roles, request.endpoint, current_language())
    if key not in known:
        shown = navigation.entries(actor)
        marked = navigation.current(shown, request.endpoint or "")
        known[key] = [{"label": say(entry.label), "href": address(entry.endpoint), "current": entry is marked} for entry in shown]
    return known[key]


@dashboard.get("")
@allow(Permission.ACCOUNT_USE)
def show():
    actor = current_actor()
    standing = queries.standing(actor.enterprise_id) if actor.enterprise_id else None
    steps = loop.steps(standing.facts, clock.today()) if standing else []
    next_step = loop.next_step(standing.facts, clock.today()) if standing else None
    return render_template(
        "dashboard/show.html",
        standing=standing,
        steps=steps,
        done=sum(step.state == "done" for step in steps),
        next_step=next_step,
        others=[loop.next_step(facts, clock.today()) for facts in standing.others] if standing else [],
        correction=loop.correction(standing.facts) if standing else None,
        waiting=[item for item in queries.waiting_for(actor) if not loop.leads_there(next_step, item)],
        coming=coming_for(actor),
    )
