"""The extensions of the application, created here and nothing else."""

from flask import g
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, MetaData
from sqlalchemy.orm import DeclarativeBase

from score_web import transactions

WRITTEN = "written"  # what a session knows: rows were written past it in this transaction


class JoiningSession(Session):
    """In a request it joins the transaction that is open there, which refuses writes on a GET or HEAD."""

    def get_bind(self, *args, **kwargs):
        engine = super().get_bind(*args, **kwargs)
        open_one = transactions.current(self._db) if isinstance(engine, Engine) else None
        return open_one.joined if open_one else engine

    def commit(self) -> None:
        """Who has not joined has nothing to write: the transaction alone is committed, and whoever listens is told as usual."""
        open_one = transactions.opened()
        if open_one and not self.in_transaction():
            self.dispatch.before_commit(self)  # writes what is new: then it has joined
        if open_one and not self.in_transaction():
            open_one.commit()
            self.dispatch.after_commit(self)
            self.expire_all()
        else:
            super().commit()
        self._has_ended()

    def rollback(self) -> None:
        try:
            if transactions.opened() and not self.in_transaction():
                self.dispatch.after_rollback(self)
                self.dispatch.after_soft_rollback(self, None)
                self.expire_all()
            else:
                super().rollback()
        finally:
            self._has_ended()

    def _has_ended(self) -> None:
        self.info.pop(WRITTEN, None)
        transactions.end()

    def close(self) -> None:
        """At the end of a request that it had not joined there is nothing to give back here: its objects go with it."""
        if self.in_transaction() or "read_only" not in g:
            super().close()


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
    model_class=Base, session_options={"class_": JoiningSession}, disable_autonaming=True
)
login_manager = SignIns()
babel = Babel(configure_jinja=False)  # core.i18n builds one environment per language
csrf = CSRFProtect()
