"""What an enterprise booked: who comes, for which module, on which days, and what became of it."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, Date, Enum, ForeignKey, Index, String, event, inspect, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.accounts.models import Organisation, Person
from score_web.booking.states import BookingKind, BookingState, state_now
from score_web.core import clock
from score_web.core.db import Base, UtcDateTime, some_rows, utc_now


def _values(members):
    return [m.value for m in members]


def _responsible(context) -> int | None:
    """The institution that is responsible for the enterprise now."""
    enterprise_id = context.get_current_parameters()["enterprise_id"]
    return context.connection.scalar(select(Organisation.institution_id).where(Organisation.id == enterprise_id))


class Booking(Base):
    """A class takes two neighbouring working days, a visit one. `lead_id` answers; `second_id` is a candidate beside an expert.

    `institution_id` is that of the enterprise and follows it: lists of an institution are read by it. `place` is the street address and
    room as typed. `uid` and `sequence` belong to its calendar file. Both trainers are persons; their day claims hang on their profiles.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index("ix_booking_lead_listed", "lead_id", "state", "first_day", "id"),
        some_rows("ix_booking_second_listed", "second_id", "state", "first_day", "id", where="second_id IS NOT NULL"),
        Index("ix_booking_institution_listed", "institution_id", "state", "first_day", "id"),
        Index("ix_booking_institution_expires", "institution_id", "state", "expires_at", "id"),
        Index("ix_booking_expires", "state", "expires_at"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("second_id IS NULL OR second_id <> lead_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), default=_responsible)
    module: Mapped[int]
    kind: Mapped[BookingKind] = mapped_column(Enum(BookingKind, native_enum=False, length=20, values_callable=_values))
    state: Mapped[BookingState] = mapped_column(
        Enum(BookingState, native_enum=False, length=20, values_callable=_values), default=BookingState.REQUESTED
    )
    version: Mapped[int] = mapped_column()
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    message: Mapped[str] = mapped_column(String(1000), default="")
    answer: Mapped[str] = mapped_column(String(1000), default="")
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)

    enterprise: Mapped[Organisation] = relationship(foreign_keys=[enterprise_id])
    lead: Mapped[Person] = relationship(foreign_keys=[lead_id])
    second: Mapped[Person | None] = relationship(foreign_keys=[second_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def trainer_ids(self) -> set[int]:
        return {self.lead_id, self.second_id} - {None}

    @property
    def concerned(self) -> dict:
        """Whom the audit of it concerns: both sides and the responsible institution."""
        return {"enterprise_id": self.enterprise_id, "institution_id": self.institution_id, "person_id": self.lead_id}

    @property
    def because(self) -> str:
        """The name under which it claims days and opens mandates."""
        return f"booking:{self.id}"

    @property
    def state_now(self) -> BookingState:
        return state_now(self.state, self.expires_at, clock.now())

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]


@event.listens_for(Organisation, "after_update")
def _follow(_mapper, connection, organisation: Organisation) -> None:
    """An enterprise that goes to another institution takes its bookings along."""
    if inspect(organisation).attrs.institution_id.history.has_changes():
        mine = update(Booking.__table__).where(Booking.__table__.c.enterprise_id == organisation.id)
        connection.execute(mine.values(institution_id=organisation.institution_id))
