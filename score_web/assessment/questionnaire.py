"""What is asked? The statements of each module and edition, read once from reviewed files into frozen values.

questionnaires/m1/2026.yaml is edition 2026 of module 1; both languages stand in one entry. Start-up refuses a file in
which anything is missing, empty, repeated or unknown, and says which file and which id.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from score_web.assessment.entry import Entry, QuestionnaireError
from score_web.core.words import Text

DIRECTORY = Path(__file__).parent / "questionnaires"
EVIDENCE_KINDS = ("photo", "document")


@dataclass(frozen=True)
class Anchor:
    """One answer of a scale: its value, its label and what it means (the plain ones need no meaning)."""

    value: int | str
    label: Text
    meaning: Text | None


@dataclass(frozen=True)
class Statement:
    """`action` is the first action shown when the rating is low; `worker_text` is None when workers are not asked."""

    id: str
    text: Text
    action: Text
    critical: bool
    evidence_kinds: tuple[str, ...]
    worker_text: Text | None

    @property
    def letter(self) -> str:
        """Of its theme."""
        return self.id.rpartition("-")[2][0]

    @property
    def worker(self) -> bool:
        return self.worker_text is not None

    @property
    def evidence(self) -> bool:
        return bool(self.evidence_kinds)


@dataclass(frozen=True)
class Theme:
    id: str
    title: Text
    statements: tuple[Statement, ...]

    @cached_property
    def letter(self) -> str:
        return self.id.rpartition("-")[2]


@dataclass(frozen=True)
class Module:
    id: str
    edition: str
    title: Text
    subtitle: Text
    intro: Text
    themes: tuple[Theme, ...]

    @cached_property
    def number(self) -> int:
        return int(self.id[1:])

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(statement for theme in self.themes for statement in theme.statements)

    @cached_property
    def _by_id(self) -> dict[str, Statement]:
        return {statement.id: statement for statement in self.statements}

    def statement(self, statement_id: str) -> Statement | None:
        return self._by_id.get(statement_id)

    def theme(self, letter: str) -> Theme | None:
        return next((theme for theme in self.themes if theme.letter == letter), None)

    @cached_property
    def outline(self) -> tuple[str, ...]:
        """What may not change in a published edition: ids, order, critical, worker, evidence; wording may be corrected."""
        return tuple(_outline(statement) for statement in self.statements)

    @cached_property
    def fingerprint(self) -> str:
        return hashlib.sha256("\n".join(self.outline).encode()).hexdigest()[:16]


class Library:
    """All editions of all modules; an old edition stays readable for the assessments that used it."""

    def __init__(self, modules: Iterable[Module]):
        self._modules = {(module.number, module.edition): module for module in modules}

    def latest_edition(self, number: int) -> str | None:
        return max((edition for known, edition in self._modules if known == number), default=None)

    def module(self, number: int, edition: str | None = None) -> Module | None:
        """One edition, the latest when none is named; None when there is no such module."""
        return self._modules.get((number, edition or self.latest_edition(number)))

    def modules(self) -> tuple[Module, ...]:
        """The latest edition of each module in the order of their numbers."""
        return tuple(self.module(number) for number in sorted({number for number, _ in self._modules}))

    def editions(self) -> tuple[Module, ...]:
        return tuple(module for _, module in sorted(self._modules.items()))


def load(directory: Path) -> Library:
    paths = sorted(directory.glob("m*/*.yaml"))
    if not paths:
        raise QuestionnaireError(f"{directory}: no questionnaire found")
    return Library(_module(path) for path in paths)


def load_scale(path: Path, who: str) -> tuple[Anchor, ...]:
    entries = Entry.of_file(path, required={"manager", "worker"}).entries(who, {"value", "label"}, {"meaning"})
    return tuple(Anchor(entry["value"], entry.text("label"), entry.text_or_none("meaning")) for entry in entries)


def _module(path: Path) -> Module:
    entry = Entry.of_file(path, required={"id", "title", "subtitle", "intro", "themes"})
    entry.refuse_unless(re.fullmatch(r"M[1-9]\d*", str(entry["id"])), "the id is not M and a number")
    entry.refuse_unless(entry["id"].lower() == path.parent.name, "the id and the folder differ")
    themes = entry.entries("themes", {"id", "title", "statements"})
    texts = {key: entry.text(key) for key in ("title", "subtitle", "intro")}
    return Module(id=entry["id"], edition=path.stem, themes=tuple(_theme(theme, entry["id"]) for theme in themes), **texts)


def _theme(entry: Entry, module_id: str) -> Theme:
    entry.refuse_unless(re.fullmatch(f"{module_id}-[A-Z]", str(entry["id"])), f"the id is not {module_id}- and a letter")
    statements = entry.entries("statements", {"id", "text", "action"}, {"critical", "evidence", "worker"})
    return Theme(entry["id"], entry.text("title"), tuple(_statement(item, entry["id"]) for item in statements))


def _statement(entry: Entry, theme_id: str) -> Statement:
    entry.refuse_unless(re.fullmatch(rf"{theme_id}\d+", str(entry["id"])), f"the id is not {theme_id} and a number")
    kinds = entry.data.get("evidence", EVIDENCE_KINDS)
    entry.refuse_unless(kinds and set(kinds) <= set(EVIDENCE_KINDS), "“evidence” is not a list of photo, document")
    entry.refuse_unless(entry.data.get("critical", True) is True, "“critical” is true or left out")
    return Statement(
        id=entry["id"],
        text=entry.text("text"),
        action=entry.text("action"),
        critical="critical" in entry.data,
        evidence_kinds=tuple(entry.data.get("evidence", ())),
        worker_text=entry.text_or_none("worker"),
    )


def _outline(statement: Statement) -> str:
    marks = [statement.id]
    marks += ["critical"] if statement.critical else []
    marks += ["worker"] if statement.worker else []
    marks += [f"evidence:{'+'.join(statement.evidence_kinds)}"] if statement.evidence else []
    return " ".join(marks)


_LIBRARY = load(DIRECTORY)
_shelf: ContextVar[Library] = ContextVar("shelf")


def library() -> Library:
    return _shelf.get(_LIBRARY)


def module(number: int, edition: str | None = None) -> Module | None:
    return library().module(number, edition)


def modules() -> tuple[Module, ...]:
    return library().modules()


def editions() -> tuple[Module, ...]:
    return library().editions()


def latest_edition(number: int) -> str | None:
    return library().latest_edition(number)


@contextmanager
def published(directory: Path) -> Iterator[None]:
    """As if the editions in `directory` had been published too: how a new one would meet what was answered before."""
    token = _shelf.set(Library([*editions(), *load(directory).editions()]))
    try:
        yield
    finally:
        _shelf.reset(token)


_MANAGERS, _WORKERS = (load_scale(DIRECTORY / "scale.yaml", who) for who in ("manager", "worker"))
SCALE, NOT_APPLICABLE = _MANAGERS[:-1], _MANAGERS[-1]
WORKER_SCALE, DO_NOT_KNOW = _WORKERS[:-1], _WORKERS[-1]
