"""What do the long texts say, in one language? Bilingual files, read once; one that misses a language is refused with its place.

A file holds `version`, `title`, `lead` and `sections` (heading and parts); a part is a `text`, a `list`, `steps` or a `table`.
Every text is written as `{zh: …, en: …}`, side by side. `{operator}` and its like are filled in from the settings when shown.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

FOLDER = Path(__file__).parent / "documents"
LANGUAGES = ("zh", "en")
VALUES = {
    "operator", "size_min", "size_max", "decision_days", "request_hours", "mandate_days", "idle_hours", "erasure_days",
    # periods, from privacy/retention.py
    "kept_years", "message_months", "log_months", "backup_days", "link_days", "sign_in_days", "draft_days", "trial_hours", "receipt_years",
}
KINDS = ("text", "list", "steps", "table")


class Incomplete(ValueError):
    """A text is missing or does not say the same in both languages; names the file and the place."""


class Part(NamedTuple):
    """A paragraph (`text`), a list of sentences (`list`, `steps`), or the rows of a table, the first of them its head."""

    kind: str
    content: str | tuple


class Section(NamedTuple):
    id: str
    heading: str
    parts: tuple[Part, ...]


class Document(NamedTuple):
    version: date
    title: str
    lead: str
    sections: tuple[Section, ...]


def version(name: str) -> str:
    """What a consent refers to, such as "2026-11-01"."""
    return read(name, "zh").version.isoformat()


@cache
def read(name: str, language: str) -> Document:
    """The document in one language, its placeholders not yet filled."""
    return parse(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")), language, name)


def parse(tree: dict, language: str, name: str = "document") -> Document:
    tree = _checked(tree, name)
    said = {key: _said(value, language, f"{name}.{key}") for key, value in tree.items() if key != "version"}
    sections = tuple(Section(s["id"], s["heading"], tuple(map(_part, s["parts"]))) for s in said["sections"])
    return Document(tree["version"], said["title"], said["lead"], sections)


def fill(text: str, values: dict) -> str:
    """The text with `{operator}` and its like replaced."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), text)


def _checked(tree: dict, name: str) -> dict:
    missing = {"version", "title", "lead", "sections"} - set(tree)
    if missing:
        raise Incomplete(f"{name}: {', '.join(sorted(missing))} missing")
    if not isinstance(tree["version"], date):
        raise Incomplete(f"{name}.version: must be a date such as 2026-11-01")
    ids = [section["id"] for section in tree["sections"]]
    if len(ids) != len(set(ids)):
        raise Incomplete(f"{name}.sections: an id is used twice")
    return tree


def _said(node, language: str, place: str):
    """The tree in one language: every `{zh, en}` pair becomes the text in that language."""
    if isinstance(node, list):
        return tuple(_said(item, language, f"{place}.{n}") for n, item in enumerate(node, 1))
    if not isinstance(node, dict):
        raise Incomplete(f"{place}: write it in both languages, {{zh: …, en: …}}")
    if set(node) & set(LANGUAGES):
        return _pair(node, place)[language]
    return {key: value if key == "id" else _said(value, language, f"{place}.{key}") for key, value in node.items()}


def _pair(node: dict, place: str) -> dict:
    for language in LANGUAGES:
        if not isinstance(node.get(language), str) or not node[language].strip():
            raise Incomplete(f"{place}: {language} is missing")
    used = {language: set(re.findall(r"\{(\w+)\}", node[language])) for language in LANGUAGES}
    if used["zh"] != used["en"] or used["zh"] - VALUES:
        raise Incomplete(f"{place}: the placeholders differ or are unknown: {sorted(used['zh'] | used['en'])}")
    return node


def _part(node: dict) -> Part:
    kind = next(iter(node))
    if kind not in KINDS:
        raise Incomplete(f"{kind}: a part is one of {', '.join(KINDS)}")
    return Part(kind, node[kind])
