"""How long is data kept? The table of retention, for everybody."""

from flask import render_template

from score_web.access import public
from score_web.privacy.retention import RULES
from score_web.privacy.views.blueprint import privacy


@privacy.get("/periods")
@public
def periods():
    return render_template("privacy/periods.html", rules=RULES)
