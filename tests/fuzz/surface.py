"""What is there to be asked, and by whom? Every address, the fields of its forms as each person sees them, the parameters it reads."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from werkzeug.exceptions import HTTPException

from score_web.access import key_hash
from score_web.accounts.models import Link, LinkPurpose
from score_web.accounts.queries import actor_of, person_by_email
from score_web.core import clock
from score_web.core.db import db
from score_web.demo.cli import PASSWORD, SIGN_INS
from score_web.permissions import permitted
from score_web.pulse.models import PulseSurvey
from tests.client import Client
from tests.source import python_files

VISITORS = ["", *(email for email, _who in SIGN_INS)]  # "" is nobody signed in
READ_FROM_QUERY = re.compile(r'request\.args(?:\.get\(|\.getlist\(|\[)"(\w+)"|"(\w+)" in request\.args')
WORDS = {"lang": "en", "letter": "A", "statement": "M1-B1", "token": "NO-TOKEN"}


@dataclass
class Field:
    """As a browser would send it: `kind` is the type of an input or the tag of the others."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Target:
    """One address for one method, as one visitor meets it: `own` with records of this visitor, the best known first; `others` with
    those of others and with none."""

    method: str
    endpoint: str
    own: list[str]
    fields: dict[str, Field] = field(default_factory=dict)
    files: bool = False
    others: list[str] = field(default_factory=list)
    is_open: bool = True

    @property
    def path(self) -> str:
        return self.own[0]

    def prefer(self, path: str) -> None:
        self.own = [path, *(other for other in self.own if other != path)]

    @property
    def corner(self) -> str:
        """Pages, forms, what this visitor may not open, and what takes long: a PDF, a workbook, packed pictures."""
        if not self.is_open:
            return "closed"
        return "heavy" if self.path.endswith((".pdf", ".xlsx", ".zip")) else "form" if self.method == "POST" else "page"


class Forms(HTMLParser):
    """The forms of a page with their fields, and the parameters of its links."""

    def __init__(self, html: str):
        super().__init__()
        self.forms, self.links, self.inside, self.select, self.area = [], [], None, None, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.inside = {"id": found.get("id"), "method": found.get("method", "get").upper(), "action": found.get("action") or "",
                           "fields": {}, "files": "multipart" in (found.get("enctype") or "")}  # fmt: skip
            self.forms.append(self.inside)
        elif tag == "a" and found.get("href"):
            self.links.append(found["href"])
        elif tag in ("input", "select", "textarea", "button") and found.get("name"):
            self._meet(tag, found)
        elif tag == "option" and self.select:
            self.select.choices.append(found.get("value") or "")
            if "selected" in found:
                self.select.value = found.get("value") or ""

    def _meet(self, tag: str, found: dict) -> None:
        form = next((form for form in self.forms if form["id"] and form["id"] == found.get("form")), self.inside)
        if form is None:
            return
        kind = found.get("type", "text") if tag == "input" else tag
        one = form["fields"].setdefault(found["name"], Field(found["name"], kind))
        if kind in ("radio", "checkbox", "button"):
            one.choices.append(found.get("value") or "on")
            one.value = one.choices[-1] if "checked" in found else one.value
        else:
            one.value = found.get("value") or ""
        self.select, self.area = (one if tag == "select" else None), (one if tag == "textarea" else None)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None
        elif tag in ("select", "textarea"):
            self.select = self.area = None

    def handle_data(self, data):
        if self.area:
            self.area.value += data


def hand_out_links() -> list[str]:
    """Tokens that are good: of a link for each purpose, and of a survey that runs."""
    person = person_by_email("new@example.com")
    for purpose in LinkPurpose:
        data = {"organisation_id": 1, "by_organisation_id": 1, "role": "trainer", "language": "en", "head": False,
                "old": person.email, "new": f"{purpose}@example.com", "pair": "1",
                "name": "Guest", "password_hash": person.password_hash}  # fmt: skip
        guest = purpose is LinkPurpose.INVITE
        db.session.add(Link(token_hash=key_hash(f"token-{purpose}"), purpose=purpose, email="guest@example.com" if guest else person.email,
                            person_id=None if guest else person.id, data=data, expires_at=clock.now() + timedelta(days=3)))  # fmt: skip
    db.session.commit()
    return [*(f"token-{purpose}" for purpose in LinkPurpose), *db.session.scalars(db.select(PulseSurvey.token)).all()[-2:]]


def parameters() -> set[str]:
    """Names that views read from the query, by the source itself."""
    return {a or b for path in python_files() for a, b in READ_FROM_QUERY.findall(path.read_text("utf-8"))}


class Surface:
    """`targets` of each visitor; `cookies` and `tokens` of devices that are signed in once."""

    def __init__(self, app, visitors=VISITORS):
        self.app, self.known = app, parameters()
        self.targets: dict[str, list[Target]] = {}
        self.cookies, self.tokens, self.public = {}, {}, {}
        with app.app_context():
            self.links = [*hand_out_links(), "no-such-token"]
        for visitor in visitors:
            self._look_around(visitor)

    def some(self, visitor: str, corner: str) -> list[Target]:
        """All targets of that corner, or all there are."""
        return [target for target in self.targets[visitor] if target.corner == corner] or self.targets[visitor]

    def _look_around(self, visitor: str) -> None:
        client = Client(self.app)
        if visitor:
            client.sign_in(visitor, PASSWORD)
        self.tokens[visitor] = client.get("/en/accounts/sign-in" if not visitor else "/en/accounts/profile").csrf()
        self.cookies[visitor] = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.http._cookies.values())
        found = {(target.method, target.endpoint): target for target in self._addresses(visitor)}
        for target in [target for target in found.values() if target.corner == "page"]:
            html = self.public.get(target.path) or self._best(client, target)
            if html:
                self._read(Forms(html), target, found)
            if not visitor and html:
                self.public[target.path] = html  # looks alike to everybody, near enough
        self.targets[visitor] = list(found.values())

    def _best(self, client: Client, target: Target) -> str:
        """The page with the record that offers a form, where there is one."""
        best = ""
        for path in list(target.own):
            html = self._html(client, path)
            if html and (not best or html.count("<form") > best.count("<form")):
                best = html
                target.prefer(path)
        return best

    def _html(self, client: Client, path: str) -> str:
        with self.app.app_context():
            page = client.http.get(path)
            page.close()
        return page.get_data(as_text=True) if page.mimetype == "text/html" and page.status_code == 200 else ""

    def _read(self, page: Forms, target: Target, found: dict) -> None:
        for form in page.forms:
            action = urlsplit(urljoin(target.path, form["action"] or target.path)).path
            asked = found.get((form["method"], self.endpoint(action, form["method"])))
            if asked:
                asked.prefer(action)
                asked.files = asked.files or form["files"]
                asked.fields = form["fields"] | asked.fields
        for link in page.links:
            there = urlsplit(urljoin(target.path, link))
            asked = found.get(("GET", self.endpoint(there.path, "GET")))
            for name, value in parse_qsl(there.query) if asked else ():
                asked.fields.setdefault(name, Field(name, "text", value))

    def endpoint(self, path: str, method: str) -> str | None:
        try:
            return self.app.url_map.bind("localhost").match(path, method=method)[0]
        except HTTPException:
            return None

    def _addresses(self, visitor: str):
        with self.app.app_context():
            person = person_by_email(visitor) if visitor else None
            actor = actor_of(person) if person else None
            for rule in self.app.url_map.iter_rules():
                access = getattr(self.app.view_functions[rule.endpoint], "access", None)
                own, foreign = self._records(access, actor)
                for method in {"GET", "POST"} & rule.methods:
                    fields = {name: Field(name, "text") for name in self.known} if method == "GET" else {}
                    mine = [self._path(rule, access, number) for number in own or foreign[:1]]
                    if "token" in rule.arguments:
                        mine = [mine[0].replace("NO-TOKEN", token) for token in self.links]
                    others = [self._path(rule, access, number) for number in foreign]
                    yield Target(method, rule.endpoint, mine, fields, others=others, is_open=self._opens(access, actor, own))
            db.session.remove()

    def _opens(self, access, actor, own: list[int]) -> bool:
        if access is None or access.permission is None:
            return True
        return bool(own) if access.record else actor is not None and permitted(access.permission, actor)

    def _records(self, access, actor) -> tuple[list[int], list[int]]:
        """Up to three that this person may open, two that he may not, and one that is not there."""
        if access is None or access.record is None:
            return [1], []
        rows = db.session.scalars(db.select(access.record).order_by(access.record.id).limit(200)).unique().all()
        mine = [row.id for row in rows if actor and permitted(access.permission, actor, row)]
        return mine[-3:][::-1], [*[row.id for row in rows if row.id not in mine][-2:], 2**31 - 1]

    def _path(self, rule, access, number: int) -> str:
        record = access.record.__name__.lower() if access and access.record else ""
        values = {name: number if name.replace("_", "") == f"{record}id" else WORDS.get(name, 1) for name in rule.arguments}
        return self.app.url_map.bind("localhost").build(rule.endpoint, values)
