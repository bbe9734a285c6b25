"""What no page of ours sends: absurd ids, queries and form values, and a walk through every address with them."""

from sqlalchemy import select

from score_web.accounts.queries import actor_of, person_by_email
from score_web.core.db import db
from score_web.demo.cli import PASSWORD
from score_web.permissions import permitted
from tests.client import Client
from tests.test_access import PLUMBING

VISITORS = ["", *(f"{name}@example.com" for name in ("enterprise", "enterprise2", "trainer", "national"))]  # "" is nobody signed in
ABSURD_IDS = ["0", "-1", "2147483648", "9" * 20, "x%00%0A%F0%9F%98%80%ED%A0%80%FF"]
ABSURD_VALUES = [*ABSURD_IDS, "9" * 4999, "", "%", "%3Cscript%3E", "0001-01-01T00:00:00%2B14:00_1", "9999-12-31T23:59:59-14:00_1"]
ASKED = ("page", "after", "module", "kind", "q", "role", "all", "tab", "area", "sector", "flag", "search", "employees", "province", "next")
TYPED = {
    "nothing": [""],
    "long": ["长x" * 5000],
    "odd": ["\0\x07\u202e\u2028😀'\"><script>alert(1)</script>"],
    "negative": ["-1"],
    "twenty digits": ["9" * 20],
    "many": ["1", "2", "x"],
    "lines": ["a\r\nBcc: x@example.com\r\n\r\nb"],
    "other digits": ["٣²１"],
    "date": ["0001-01-01", "9999-12-31"],
}


def views(app) -> list:
    return sorted((r for r in app.url_map.iter_rules() if r.endpoint not in PLUMBING), key=lambda r: (r.rule, sorted(r.methods)))


def sign_in(app, email: str) -> Client:
    client = Client(app)
    return client.sign_in(email, PASSWORD) if email else client


class Walk:
    """One visitor before every address; `values` are records that this person may open, where there are any."""

    def __init__(self, app, email: str):
        self.app, self.email, self.client = app, email, sign_in(app, email)
        with app.app_context():
            person = person_by_email(email) if email else None
            self.actor = actor_of(person) if person else None
            self.values = {rule.rule: self._values(rule) for rule in views(app)}
            db.session.remove()

    def _values(self, rule) -> dict:
        access = self.app.view_functions[rule.endpoint].access
        found = {"lang": "en", "number": 1, "module": 1, "letter": "A", "statement": "M1-B1", "token": "no-such-token",
                 "purpose": "research"}
        for name in rule.arguments - set(found):
            rows = db.session.scalars(select(access.record).order_by(access.record.id)).all()
            mine = [row.id for row in rows if self.actor and permitted(access.permission, self.actor, row)]
            found[name] = (mine or [row.id for row in rows] or [1])[0]
        return {name: found[name] for name in rule.arguments}

    def path(self, rule, **instead) -> str:
        """The address with strings put in as they are, also where they are no number."""
        path = rule.rule
        for name, value in (self.values[rule.rule] | instead).items():
            start = next(part for part in path.split("<") if part.split(">")[0].rpartition(":")[2] == name).split(">")[0]
            path = path.replace(f"<{start}>", str(value))
        return path

    def ask(self, method: str, path: str, **options):
        """The answer; in a context of its own, as a server would, and signed in again where the last step ended that."""
        token = {"csrf_token": self.client.token or ""}
        if isinstance(options.get("data"), dict):
            options["data"] = token | options["data"]
        with self.app.app_context():
            response = getattr(self.client.http, method)(path, **options)
            response.close()
        if self.email and "sign-out" in path and response.headers.get("Location") == "/en/":
            self.client = sign_in(self.app, self.email)
        return response

    def fields(self, rule) -> list[str]:
        """Names of the fields of the page's form; for a button's address the usual ones."""
        if "GET" not in rule.methods:
            return ["reason", "note", "off", "do"]
        page = self.client.get(self.path(rule), status=None)
        if page.tree is None:
            return []
        fields = [e for form in page.find_all("form") if form.get("method") == "post" for e in form.iter() if isinstance(e.tag, str)]
        return sorted({e.get("name") for e in fields if e.get("name") not in (None, "csrf_token", "switch_language")})
