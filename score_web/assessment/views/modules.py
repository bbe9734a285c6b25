"""What the five modules are about: pages for everybody."""

from flask import abort, render_template

from score_web.access import public
from score_web.assessment import questionnaire
from score_web.assessment.views.blueprint import modules


@modules.get("/")
@public
def index():
    return render_template("modules/index.html", modules=questionnaire.modules())


@modules.get("/<int:number>")
@public
def show(number: int):
    module = questionnaire.module(number) or abort(404)
    return render_template("modules/show.html", module=module, modules=questionnaire.modules())
