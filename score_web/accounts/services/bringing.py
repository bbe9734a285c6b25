"""What does somebody bring along who registers? Features further right name it here; accounts looks into none of it.

`notice()` looks at the browser and returns a sentence for the page that registers, or None. `pack()` returns a short text or None; it
waits in the link of the mail, so that only who opens that mail gets it. `unpack(person, packed)` hands it over when the account starts.
"""

from collections.abc import Callable
from typing import NamedTuple

from flask import current_app

from score_web.accounts.models import Person
from score_web.core.words import Sentence

NAME = "score_bringing"


class Bringing(NamedTuple):
    notice: Callable[[], Sentence | None]
    pack: Callable[[], str | None]
    unpack: Callable[[Person, str], None]


def bring(app, name: str, bringing: Bringing) -> None:
    app.extensions.setdefault(NAME, {})[name] = bringing


def _all() -> dict[str, Bringing]:
    return current_app.extensions.get(NAME, {})


def notices() -> list[Sentence]:
    return [sentence for one in _all().values() if (sentence := one.notice())]


def pack_all() -> dict[str, str]:
    return {name: packed for name, one in _all().items() if (packed := one.pack())}


def unpack_all(person: Person, brought: dict[str, str]) -> None:
    for name in brought.keys() & _all().keys():
        _all()[name].unpack(person, brought[name])
