"""The extensions of the application, created here and nothing else."""

from flask import g, has_request_context
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


def is_read_only() -> bool:
    return has_request_context() and g.get("read_only", False)


class ReadOnlyAwareSession(Session):
    """A GET or HEAD reads through an engine that refuses writes; everything else writes."""

    def get_bind(self, *args, **kwargs):
        engine = super().get_bind(*args, **kwargs)
        if not is_read_only() or not hasattr(engine, "execution_options"):
            return engine
        readers = engine.dialect.__dict__.setdefault("_score_readers", {})
        if engine not in readers:
            readers[engine] = engine.execution_options(read_only=True, postgresql_readonly=True)
        return readers[engine]


class Base(DeclarativeBase):
    """All tables; named constraints keep migrations the same on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    model_class=Base, session_options={"class_": ReadOnlyAwareSession}, disable_autonaming=True
)
login_manager = LoginManager()
login_manager.session_protection = None  # the row of the sign-in decides; a phone changes its address on the way
babel = Babel(configure_jinja=False)  # core.i18n builds one environment per language
csrf = CSRFProtect()
