"""SCORE Web: enterprises enrol, assess themselves and book trainers; `create_app` wires the features together."""

from flask import Flask

from score_web import config, extensions, transactions
from score_web.core import (
    addresses,
    backups,
    chain,
    cli,
    compression,
    db,
    i18n,
    inspection,
    installation,
    jobs,
    logs,
    migrations,
    rollups,
    sessions,
    uploads,
    web,
)


class Application(Flask):
    """A Flask application whose templates are compiled once per language, and whose sessions stay shut on anonymous pages."""

    session_interface = sessions.Sessions()
    url_rule_class = addresses.LazyRule

    @property
    def jinja_env(self):
        return self.environments[i18n.current_language()]

    def ensure_sync(self, func):
        """Nothing of ours is a coroutine: Flask need not look each time."""
        return func


def create_app(**overrides) -> Flask:
    app = Application(__name__, template_folder=str(config.ROOT / "templates"), static_folder=None)
    app.static_folder = "static"  # set afterwards: files go out under /assets/ only
    app.config.update(config.load(overrides))
    i18n.init_app(app)
    transactions.init_app(app)
    extensions.db.init_app(app)
    db.init_app(app)
    installation.init_app(app)
    uploads.init_app(app)
    extensions.login_manager.init_app(app, add_context_processor=False)
    extensions.csrf.init_app(app)
    compression.init_app(app)
    logs.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    migrations.init_app(app)
    backups.init_app(app)
    jobs.init_app(app)
    rollups.init_app(app)
    chain.init_app(app)
    inspection.init_app(app)
    _register_features(app)
    return app


def _register_features(app: Flask) -> None:
    """Left to right, as they may import each other."""
    from score_web import models  # noqa: F401, PLC0415 - all tables are known before the first request
    from score_web.accounts import views as accounts  # noqa: PLC0415
    from score_web.assessment import views as assessment  # noqa: PLC0415
    from score_web.booking import views as booking  # noqa: PLC0415
    from score_web.dashboard import views as dashboard  # noqa: PLC0415
    from score_web.demo import cli as demo  # noqa: PLC0415
    from score_web.enrolment import views as enrolment  # noqa: PLC0415
    from score_web.log import views as log  # noqa: PLC0415
    from score_web.pages import views as pages  # noqa: PLC0415
    from score_web.privacy import views as privacy  # noqa: PLC0415
    from score_web.pulse import views as pulse  # noqa: PLC0415
    from score_web.trainers import views as trainers  # noqa: PLC0415

    for feature in (accounts, pages, enrolment, assessment, pulse, trainers, booking, privacy, log, dashboard, demo):
        feature.init_app(app)
