"""What is the database asked? Listened to as the statements leave the application."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

QUIET = ("BEGIN", "PRAGMA")  # they ask nothing, and only one of the engines sends them


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent while the context is open, in order."""
    found = []

    def listen(_connection, _cursor, statement, *_rest):
        if not statement.startswith(QUIET):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", listen)
