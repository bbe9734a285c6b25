"""Is the audit as it was sealed? Walks the whole chain in pieces and says which positions are changed, missing, put in or moved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from score_web.core import chain, clock
from score_web.core.audit import AuditEvent
from score_web.core.chain import BEGINNING, AuditSeal
from score_web.core.db import db, let_go

PIECE = 5000
PATIENCE = timedelta(minutes=10)  # a seal comes within a minute; what waits longer is suspicious
NEAR = 200  # positions before and after a break among which its true neighbour is looked for
MOST = 20  # positions named in a sentence
commands = AppGroup("audit", help="The chain of seals over who did what, when.")


@dataclass
class Findings:
    """`broken`: a position whose seal does not follow from the one before it."""

    sealed: int = 0
    waiting: int = 0
    late: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    position: int = 0
    head: str = BEGINNING
    head_is: bool = True
    expected: int | None = None

    @property
    def is_whole(self) -> bool:
        return not (self.late or self.changed or self.gone or self.gaps or self.broken) and self.head_is


def inspect(expect: str = "") -> Findings:
    """Everything from the first position on; `expect` is a head that was written down earlier. Takes a transaction of its own."""
    _look_at_one_moment()
    found = Findings()
    if expect == BEGINNING:
        found.expected = 0
    for row in _rows():
        found.sealed += 1
        if row.position != found.position + 1:
            found.gaps.append((found.position + 1, row.position - 1))
        elif chain.link(found.head, row.event_hash) != row.hash:
            found.broken.append(row.position)
        if row.id is None:
            found.gone.append(row.position)
        elif chain.hash_of(row) != row.event_hash:
            found.changed.append(row.position)
        found.position, found.head = row.position, row.hash
        if row.hash == expect:
            found.expected = row.position
    found.head_is = chain.head() == (found.position, found.head)
    unsealed = select(AuditEvent.id).outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id).where(AuditSeal.position.is_(None))
    found.waiting = db.session.scalar(select(func.count()).select_from(unsealed.subquery()))
    found.late = list(db.session.scalars(unsealed.where(AuditEvent.at < clock.now() - PATIENCE).order_by(AuditEvent.id).limit(MOST)))
    let_go()
    return found


def _look_at_one_moment() -> None:
    """What is sealed while we walk is not half seen, and nobody who writes waits for us."""
    let_go()
    one_moment = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {"read_only": True}
    db.session.connection(execution_options=one_moment)


def _rows() -> Iterator:
    """Seals with their events, piece by piece: a million are never in memory at once."""
    seals = select(AuditSeal.position, AuditSeal.event_hash, AuditSeal.hash, *AuditEvent.__table__.c).select_from(AuditSeal)
    query = seals.outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id).order_by(AuditSeal.position).limit(PIECE)
    last = 0
    while piece := db.session.execute(query.where(AuditSeal.position > last)).all():
        yield from piece
        last = piece[-1].position


def neighbour_of(position: int) -> int | None:
    """The position from which this one follows in truth, if it is near."""
    near = select(AuditSeal.position, AuditSeal.hash).where(AuditSeal.position.between(position - NEAR, position + NEAR))
    mine = db.session.execute(select(AuditSeal.event_hash, AuditSeal.hash).where(AuditSeal.position == position)).one()
    return next((row.position for row in db.session.execute(near) if chain.link(row.hash, mine.event_hash) == mine.hash), None)


def sentences(found: Findings, expect: str = "") -> Iterator[str]:
    """What is wrong, for the operator."""
    if found.changed:
        yield f"changed since they were sealed: positions {_some(found.changed)}"
    if found.gone:
        yield f"missing: the events of positions {_some(found.gone)} have been deleted"
    for first, last in found.gaps[:MOST]:
        yield f"missing: positions {first} to {last}" if last > first else f"missing: position {first}"
    for position in found.broken[:MOST]:
        yield _break(position, neighbour_of(position))
    if not found.head_is:
        yield "the last position is not the head that was written at sealing: the end of the chain has been cut or added to"
    if expect and found.expected is None:
        yield "the head you wrote down is in this chain no more: its end has been cut, or all of it has been rewritten"
    if found.late:
        yield f"unsealed for more than {PATIENCE.seconds // 60} minutes: events {_some(found.late)}; is the job running (flask jobs work)?"


def _break(position: int, before: int | None) -> str:
    if before is None:
        return f"position {position} does not follow from position {position - 1}: that one was replaced, or one between is missing"
    if before < position - 1:
        return f"inserted: position {position} was sealed right after position {before}; what stands between came later"
    return f"out of order: position {position} was sealed right after position {before}"


def _some(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:MOST])) + (f" and {len(numbers) - MOST} more" if len(numbers) > MOST else "")


@commands.command("head")
def head_command() -> None:
    """Print the last position and its hash: write it down outside, for `verify --expect`."""
    click.echo("{} {}".format(*chain.head()))


@commands.command("seal")
def seal_command() -> None:
    """Seal what waits, now."""
    click.echo(f"{chain.seal()} sealed")


@commands.command("verify")
@click.option("--expect", default="", help="A head written down earlier: it must still be in the chain.")
def verify_command(expect: str) -> None:
    """Check every seal; exit code 1 when anything is not as it was sealed."""
    expect = expect.split()[-1].lower() if expect.strip() else ""
    found = inspect(expect)
    click.echo(f"{found.sealed} sealed, {found.waiting} waiting for their seal; head {found.position} {found.head}")
    if found.expected is not None and expect:
        click.echo(f"the head you wrote down is position {found.expected}")
    wrong = list(sentences(found, expect))
    for sentence in wrong:
        click.echo(sentence)
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo("the audit is as it was sealed")


def init_app(app) -> None:
    app.cli.add_command(commands)
