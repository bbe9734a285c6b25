"""Who is there? People, organisations, memberships and the rows that let them in."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.core.db import Base, UtcDateTime, utc_now
from score_web.permissions import Role


class Organisation(Base):
    """An enterprise or a partner institution; data, never code, renamable with its history in the audit.

    `scope` (institutions): "all" or GB/T 2260 prefixes joined by commas. `division_code` and `institution_id` (enterprises):
    where it is and which institution is responsible, both written by enrolment.
    """

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_kind", "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(160), default="")
    scope: Mapped[str] = mapped_column(String(400), default="")
    contact: Mapped[str] = mapped_column(String(400), default="")
    division_code: Mapped[str] = mapped_column(String(6), default="")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    institution: Mapped["Organisation | None"] = relationship(remote_side=[id])

    @property
    def enterprise_id(self) -> int:
        return self.id

    @property
    def concerned(self) -> dict:
        """Whom the audit of it concerns."""
        if self.kind == "institution":
            return {"institution_id": self.id}
        return {"enterprise_id": self.id, "institution_id": self.institution_id}

    def name(self, language: str) -> str:
        """Chinese is required; English falls back to it."""
        return (self.name_en or self.name_zh) if language == "en" else (self.name_zh or self.name_en)


class Person(Base):
    """Somebody with an account. Addresses are stored in lower case."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(2), default="zh")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_because: Mapped[str] = mapped_column(String(500), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    memberships: Mapped[list["MembershipRow"]] = relationship(back_populates="person")

    __mapper_args__ = {"version_id_col": version}

    @property
    def concerned(self) -> dict:
        """Whom the audit of it concerns."""
        return {"person_id": self.id}

    @property
    def is_active(self) -> bool:
        """May sign in."""
        return self.activated_at is not None and self.suspended_at is None and self.closed_at is None

    @property
    def live_memberships(self) -> list["MembershipRow"]:
        return [m for m in self.memberships if m.until is None]

    @property
    def overseer_ids(self) -> set[int]:
        """Institutions responsible for this person: that of an enterprise, or the one that appointed a trainer or colleague."""
        return {m.organisation.institution_id if m.role == Role.ENTERPRISE else m.organisation_id for m in self.live_memberships} - {None}


class MembershipRow(Base):
    """A person's role in an organisation: trainers and staff belong to the institution that appointed them."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "role", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    head: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class Device(Base):
    """A browser on which somebody signed in. It keeps a random key for long, only whose hash is here; it opens nothing."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("person_id", "key_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)


def _at_the_latest() -> datetime:
    return utc_now() + timedelta(days=current_app.config["SESSION_DAYS"])


class SignIn(Base):
    """One device that is signed in. The cookie carries a random key; only its hash is here. `seen_on` is the last day on which
    something was sent from there: reads write no row."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    seen_on: Mapped[date | None] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, default=_at_the_latest, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    browser: Mapped[Device | None] = relationship()

    @property
    def known_since(self) -> datetime:
        return self.browser.created_at if self.browser else self.created_at


class SecondFactor(Base):
    """That a person signs in with a code too. The secret itself is nowhere: it is worked out of `salt` and the SECRET_KEY."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class RecoveryCode(Base):
    """A code that helps once when the phone is lost; only its hash is here, keyed with the SECRET_KEY."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("second_factor.person_id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkPurpose(StrEnum):
    ACTIVATE = "activate"
    RESET = "reset"
    INVITE = "invite"
    EMAIL_OLD = "email_old"
    EMAIL_NEW = "email_new"
    NOTHING = "nothing"  # nobody gets it: written so that an address without an account costs the same work as one with


class Link(Base):
    """A one-time link; only the hash of its token is stored. `data` says what it will do (role, organisation, new address)."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    data: Mapped[dict] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def organisation_id(self) -> int | None:
        """Whose people may withdraw this invitation."""
        return self.data.get("by_organisation_id")

    @property
    def role(self) -> str:
        """What it makes of the one who accepts it."""
        return self.data.get("role", "")


class Mandate(Base):
    """Why a person from outside may see an enterprise's results: `because` names a live booking ("booking:12")."""

    __tablename__ = "mandate"
    __table_args__ = (UniqueConstraint("enterprise_id", "person_id", "because"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    because: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()


class Consent(Base):
    """Who agreed to which version of which document or purpose, and when; a row that is not `given` withdraws. Rows are only added:
    of a purpose the last one counts."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    document: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Throttle(Base):
    """How often something was tried, until when nobody may try again, and when it is forgotten; `key` holds a hash, never an address."""

    __tablename__ = "throttle"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_not_negative"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    forget_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
