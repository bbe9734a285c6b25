"""Pages about one's own data: one file per task."""

from score_web.accounts.services import when_leaving
from score_web.privacy import cli
from score_web.privacy.retention import PROMISED
from score_web.privacy.services import erase_person
from score_web.privacy.views import consents, correction, export, leaving, my_data, periods, receipts
from score_web.privacy.views.blueprint import privacy

__all__ = ["consents", "correction", "export", "init_app", "leaving", "my_data", "periods", "receipts"]


def init_app(app) -> None:
    app.register_blueprint(privacy)
    app.config.update(PROMISED)
    when_leaving(app, erase_person)
    receipts.init_app(app)
    cli.register(app)
