"""Walks through the demo site by its own links, as each kind of person, and keeps what it saw.

On the way: no link and no form leads nowhere, no link points into a page where nothing is, every page speaks the language of its
address, and no page leaves a transaction open.
"""

from collections import Counter
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException

from score_web.core.db import db
from score_web.core.i18n import HTML_LANG
from score_web.demo.cli import PASSWORD, SIGN_INS
from tests.client import Client, Page

# Buttons that only begin something: they are pressed, since the pages behind them have no link of their own.
PRESSED = {"assessment.start", "enrolment.begin", "accounts.open_message"}
# Pages that come after a filled form, by their place beside the page of that form; not everybody may open them.
BESIDE = {
    "assessment.theme": ["check", "evidence/M1-B2"],
    "enrolment.step": ["../check"],
    "booking.show": ["{path}/decline", "{path}/complete"],
}
SLOW = (".pdf", ".xlsx", ".zip")
VISITORS = ["", *(email for email, _who in SIGN_INS)]  # "" is nobody signed in


class Crawl:
    """`pages`: (endpoint, page) in the order found; at most `most` addresses of an endpoint. `quick`: pages alone, no documents, and
    links to more of what was seen often enough are not followed."""

    def __init__(self, app, visitor: str, lang: str, most: int = 2, quick: bool = False):
        self.app, self.lang, self.most, self.quick = app, lang, most, quick
        self.client = Client(app)
        if visitor:
            self.client.sign_in(visitor, PASSWORD)
        self.pages: list[tuple[str, Page]] = []
        self.counts: Counter[str] = Counter()
        self.waiting = [f"/{lang}/", *([f"/{lang}/dashboard"] if visitor else [])]
        self.known, self.beside = set(self.waiting), set()
        self.passed_by: list[tuple[str, str]] = []  # links to more of what was seen often enough, with where they stand
        self.anchors: list[tuple[str, str, str]] = []  # page, id, with where the link stands
        with app.app_context():
            self.pool = db.engine.pool
        while self.waiting:
            self._visit(self.waiting.pop(0))
        if not quick:
            self._look_at_the_rest()

    def _visit(self, path: str) -> None:
        endpoint = self.endpoint(path)
        if endpoint is None or (self.quick and path.endswith(SLOW)):
            return
        if self.counts[endpoint] >= self.most:
            self.passed_by.append((endpoint, path))
            return
        self.counts[endpoint] += 1
        page = self.client.get(path, status=None)
        assert self.pool.checkedout() == 0, f"{path} leaves a transaction open"
        if path in self.beside and page.status in (403, 404):
            return
        if page.location:
            self._meet(page.location, path)
            return
        assert page.status == 200, f"{path} ({endpoint}): {page.status}"
        self.pages.append((endpoint, page))
        if page.tree is not None:
            assert page.find_all("html")[0].get("lang") == HTML_LANG[self.lang], f"{path} is in another language"
        for place in BESIDE.get(endpoint, []):
            self.beside.add(urljoin(path, place.format(path=path)))
            self._meet(place.format(path=path), path)
        if page.tree is not None:
            for link in page.links() + [image.get("src") for image in page.find_all("img")]:
                self._meet(link, path)
            for form in page.find_all("form"):
                self._look_behind(form, path)

    def _look_behind(self, form, found_on: str) -> None:
        """What a button sends to is often a page too; some buttons are pressed, once each."""
        action = urljoin(found_on, form.get("action") or found_on)
        for other in [action, *(urljoin(found_on, e.get("formaction")) for e in form.iter() if e.get("formaction"))]:
            assert self.endpoint(other, form.get("method", "get").upper()), f"a form of {found_on} is sent to {other}, which takes none"
        if self.endpoint(action):
            self._meet(action, found_on)
        pressed = self.endpoint(action, "POST")
        if pressed in PRESSED and not self.counts[pressed]:
            self.counts[pressed] += 1
            answer = self.client.post(action, {e.get("name"): e.get("value", "") for e in form.iter() if e.get("name")})
            self._meet(answer.location, found_on)

    def _meet(self, link: str, found_on: str) -> None:
        target = urlsplit(urljoin(f"http://localhost{found_on}", link))
        if target.netloc != "localhost":
            return
        path = target.path + (f"?{target.query}" if target.query else "")
        assert self.endpoint(path), f"{found_on} links to {path}, which is no page"
        if not target.path.startswith(f"/{self.lang}/"):
            return
        if target.fragment:
            self.anchors.append((path, target.fragment, found_on))
        if path not in self.known:
            self.known.add(path)
            self.waiting.append(path)

    def _look_at_the_rest(self) -> None:
        """Links that were passed by lead somewhere, too; ids that links point at are there."""
        for endpoint, path in self.passed_by:
            if not path.endswith(SLOW):
                with self.app.app_context():
                    response = self.client.http.get(path)
                    response.close()
                assert response.status_code < 400 or path in self.beside, f"{path} ({endpoint}): {response.status_code}"
        ids = {page.path: {e.get("id") for e in page.tree.iter()} for _endpoint, page in self.pages if page.tree is not None}
        nowhere = [anchor for anchor in self.anchors if anchor[0] in ids and anchor[1] not in ids[anchor[0]]]
        assert nowhere == [], "links that point into a page where nothing is"

    def endpoint(self, path: str, method: str = "GET") -> str | None:
        try:
            return self.app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0]
        except HTTPException:
            return None
