"""Pages of the self-assessment and of the modules it is about: one file per task."""

from werkzeug.exceptions import BadRequest, NotFound

from score_web.assessment import answering
from score_web.assessment.findings import shown
from score_web.assessment.queries.evidence import keys_in_use
from score_web.assessment.views import compare, enterprise, evidence, filling, guest, history, hub, keying, people, reports, results, verify
from score_web.assessment.views import modules as module_pages
from score_web.assessment.views.blueprint import assessment, modules
from score_web.core import typesetting, uploads
from score_web.core.web import show_error

__all__ = [
    "compare",
    "enterprise",
    "evidence",
    "filling",
    "guest",
    "history",
    "hub",
    "init_app",
    "keying",
    "module_pages",
    "people",
    "reports",
    "results",
    "verify",
]


def init_app(app) -> None:
    app.register_blueprint(modules)
    app.register_blueprint(assessment)
    app.register_error_handler(answering.Unreadable, lambda _error: show_error(BadRequest()))
    app.register_error_handler(uploads.Lost, lambda _error: show_error(NotFound()))
    uploads.name_keys_in_use(app, keys_in_use)
    guest.init_app(app)
    for environment in app.environments.values():
        environment.filters["shown"] = shown
        environment.globals["no_pdf"] = typesetting.lacking
