"""The extensions of the application, created here and nothing else."""

from flask import g
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, MetaData
from sqlalchemy.orm import DeclarativeBase

from score_web import readers


class ReadOnlyAwareSession(Session):
    """On a GET or HEAD it joins the transaction of the reader, which refuses writes; everything else writes."""

    def get_bind(self, *args, **kwargs):
        engine = super().get_bind(*args, **kwargs)
        open_one = readers.current(self._db) if isinstance(engine, Engine) else None
        return open_one.joined if open_one else engine

    def close(self) -> None:
        """A page that only read on its reader has nothing to give back here: its objects go with it."""
        if self.in_transaction() or "reader" not in g:
            super().close()

    def rollback(self) -> None:
        super().rollback()
        readers.end()


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


class SignIns(LoginManager):
    """The row of the sign-in decides whose browser this is; its address and name, which a phone changes on the way, are not compared."""

    def _session_protection_failed(self) -> bool:
        return False


db = SQLAlchemy(
    model_class=Base, session_options={"class_": ReadOnlyAwareSession}, disable_autonaming=True
)
login_manager = SignIns()
babel = Babel(configure_jinja=False)  # core.i18n builds one environment per language
csrf = CSRFProtect()
