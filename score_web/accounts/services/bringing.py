"""What does somebody bring along who registers? Features further right name it here; accounts looks into none of it.

`pack()` looks at the browser that registers and returns a short text or None. It waits in the link of the mail, so that only who
opens that mail gets it; `unpack(person, packed)` hands it over when the account starts.
"""

from collections.abc import Callable

from flask import current_app

from score_web.accounts.models import Person

NAME = "score_bringing"


def bring(app, name: str, *, pack: Callable[[], str | None], unpack: Callable[[Person, str], None]) -> None:
    app.extensions.setdefault(NAME, {})[name] = (pack, unpack)


def pack_all() -> dict[str, str]:
    return {name: packed for name, (pack, _) in current_app.extensions.get(NAME, {}).items() if (packed := pack())}


def unpack_all(person: Person, brought: dict[str, str]) -> None:
    for name, (_, unpack) in current_app.extensions.get(NAME, {}).items():
        if name in brought:
            unpack(person, brought[name])
