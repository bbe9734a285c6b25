"""A browser without a screen: every page it fetches is checked, forms carry their CSRF token."""

import re
from xml.etree.ElementTree import Element

import html5lib
from flask import has_app_context

from score_web.core.db import db
from tests.headers import header_faults

SLIPS = re.compile(r"\bNone\b|\bundefined\b|%\(|\{\{|\{%|Traceback")
HTML = "{http://www.w3.org/1999/xhtml}"
NOBODY = re.compile(r"/(zh|en)/pulse/(?!rounds/)[\w-]*[A-Za-z_-][\w-]*(\?|$)")  # @anonymous pages have no session, so no token
UNLABELLED = {"hidden", "submit", "button", "image"}


def is_inline(element: Element) -> bool:
    """Style or script in the page itself, which browsers leave out."""
    attribute = any(name == "style" or name.startswith("on") for name in element.keys())  # noqa: SIM118 - an element is no dict
    return attribute or element.tag == f"{HTML}style" or (element.tag == f"{HTML}script" and not element.get("src"))


class Page:
    """What came back: status, text and the parsed tree of a page that passed the checks."""

    def __init__(self, response, path: str):
        self.response, self.path, self.status = response, path, response.status_code
        self.html = response.get_data().decode("utf-8", "replace")  # a picture is no text
        response.close()
        self.location = response.headers.get("Location")
        self.tree: Element | None = None
        assert not (faults := header_faults(response, path)), "\n".join(faults)
        if response.mimetype == "text/html" and not 300 <= self.status < 400:
            self.tree = html5lib.HTMLParser(strict=True).parse(self.html)
            self._check()

    def find_all(self, tag: str, **attributes) -> list[Element]:
        """Elements of this tag whose attributes are equal to those given (`class_` for class: one of its words)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.tree.iter(f"{HTML}{tag}") if all(
            value in e.get(name, "").split() if name == "class" else e.get(name) == value for name, value in wanted.items())]

    def text_of(self, element: Element) -> str:
        return " ".join("".join(element.itertext()).split())

    @property
    def text(self) -> str:
        """What a person can read, in one line."""
        return self.text_of(self.find_all("body")[0])

    @property
    def h1(self) -> str:
        return self.text_of(self.find_all("h1")[0])

    @property
    def errors(self) -> list[str]:
        """The messages beside fields."""
        return [self.text_of(e) for e in self.find_all("p", class_="err")]

    def links(self) -> list[str]:
        return [a.get("href") for a in self.find_all("a") if a.get("href")]

    def value(self, name: str) -> str | None:
        """What the field of that name shows: typed, selected or checked."""
        for field in self.tree.iter():
            if not isinstance(field.tag, str) or field.get("name") != name:
                continue
            if field.tag == f"{HTML}textarea":
                return "".join(field.itertext()).removeprefix("\n")
            if field.tag == f"{HTML}select":
                return next((o.get("value") for o in field.iter(f"{HTML}option") if o.get("selected") is not None), None)
            if field.get("type") not in ("radio", "checkbox"):
                return field.get("value", "")
            if field.get("checked") is not None:
                return field.get("value")
        return None

    def csrf(self) -> str | None:
        found = self.find_all("input", name="csrf_token")
        return found[0].get("value") if found else None

    def _check(self) -> None:
        where = f"{self.path} ({self.status})"
        html = self.find_all("html")[0]
        assert html.get("lang") in ("zh-CN", "en"), f"{where}: lang"
        assert len(self.find_all("h1")) == 1, f"{where}: {len(self.find_all('h1'))} h1"
        title = self.text_of(self.find_all("title")[0])
        assert title.startswith(self.h1), f"{where}: title {title!r} does not begin with h1 {self.h1!r}"
        ids = [e.get("id") for e in self.tree.iter() if e.get("id")]
        assert len(ids) == len(set(ids)), f"{where}: double ids {sorted(i for i in ids if ids.count(i) > 1)}"
        self._check_forms(where)
        inline = [e.tag for e in self.tree.iter() if isinstance(e.tag, str) and is_inline(e)]
        assert not inline, f"{where}: the policy forbids {inline}"
        slip = SLIPS.search(self.text)
        assert slip is None, f"{where}: shows {slip and self.text[max(0, slip.start() - 40):slip.end() + 40]!r}"

    def _check_forms(self, where: str) -> None:
        labelled = {label.get("for") for label in self.find_all("label")}
        wrapped = {id(field) for label in self.find_all("label") for field in label.iter()}
        for tag in ("input", "select", "textarea"):
            for field in self.find_all(tag):
                named = field.get("id") in labelled or id(field) in wrapped or field.get("aria-label") or field.get("aria-labelledby")
                assert field.get("type") in UNLABELLED or named, f"{where}: no label for {field.attrib}"
        for form in self.find_all("form"):
            if form.get("method", "get").lower() == "post" and not NOBODY.match(self.path):
                assert any(e.get("name") == "csrf_token" for e in form.iter()), f"{where}: form without CSRF token"


class Client:
    """`client.get(path)` and `client.post(path, {...})` follow nothing by themselves and state the status they expect."""

    def __init__(self, app):
        self.app, self.http = app, app.test_client()
        self.token = None

    def sign_in(self, person, password: str = "correct-horse-9") -> "Client":
        email = person if isinstance(person, str) else person.email
        self.http = self.app.test_client()
        self.token = None
        self.get("/en/accounts/sign-in")
        self.post("/en/accounts/sign-in", {"email": email, "password": password}, status=303)
        self.token = None
        return self

    def get(self, path: str, status: int = 200, **options) -> Page:
        return self._send("get", path, status, **options)

    def post(self, path: str, data: dict | None = None, status: int = 303, **options) -> Page:
        if self.token is None and not NOBODY.match(path):
            self.get("/en/accounts/sign-in" if "/accounts/" in path else "/en/accounts/profile", status=None)
        payload = {"csrf_token": self.token or ""} | (data or {})
        return self._send("post", path, status, data=payload, **options)

    def follow(self, page: Page, status: int = 200) -> Page:
        assert page.location, f"{page.path} led nowhere"
        return self.get(page.location, status=status)

    def _send(self, method: str, path: str, status: int | None, **options) -> Page:
        """In a context of its own, as a server would: what the test arranged is committed first, what it knew is forgotten."""
        if has_app_context():
            db.session.commit()
        with self.app.app_context():
            page = Page(getattr(self.http, method)(path, **options), path)
        if has_app_context():
            db.session.expire_all()
        assert status is None or page.status == status, f"{path}: {page.status} instead of {status}: {page.location or page.html[-600:]}"
        if page.tree is not None:
            self.token = page.csrf() or self.token
        return page
