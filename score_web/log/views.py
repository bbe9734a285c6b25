"""The page of the log, with its filter."""

from flask import Blueprint, render_template, request

from score_web.access import allow, current_actor
from score_web.log import queries, words
from score_web.permissions import Permission

log = Blueprint("log", __name__, url_prefix="/<any(zh,en):lang>/log")


def init_app(app) -> None:
    app.register_blueprint(log)


@log.get("")
@allow(Permission.ACCOUNT_USE)
def index():
    actor = current_actor()
    wanted = queries.Filter.from_words(request.args, actor)
    both = actor.enterprise_id is not None or actor.institution_id is not None
    people = queries.people(actor) if wanted.side == "ours" else []
    return render_template(
        "log/index.html", page=queries.lines(actor, wanted), wanted=wanted, people=people, kinds=words.KINDS, both=both,
    )
