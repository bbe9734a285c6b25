"""How does a pure rule speak in two languages? It names an English sentence; the edge translates it (`core.i18n.say`)."""

from dataclasses import dataclass, field
from enum import StrEnum


def N_(msgid: str) -> str:
    """Mark an English sentence for the catalogue without translating it here."""
    return msgid


@dataclass(frozen=True)
class Sentence:
    """A sentence of the catalogue with its values; values may themselves be sentences."""

    msgid: str
    values: dict = field(default_factory=dict, hash=False)

    def __init__(self, msgid: str, **values):
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "values", values)


class Labelled(StrEnum):
    """An enum whose members carry the English label that the catalogue translates: `DRAFT = "draft", N_("Draft")`."""

    def __new__(cls, value: str, label: str):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True)
class Text:
    """Content that stands in both languages already (a statement, a place, a sector): `text["zh"]`."""

    en: str
    zh: str

    def __getitem__(self, language) -> str:
        return self.zh if str(language).startswith("zh") else self.en
