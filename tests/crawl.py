"""Walks through the demo site by its own links, as each kind of person, and keeps what it saw."""

from collections import Counter
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException

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
VISITORS = ["", *(email for email, _who in SIGN_INS)]  # "" is nobody signed in


class Crawl:
    """`pages`: (endpoint, page) in the order found; at most `most` addresses of an endpoint."""

    def __init__(self, app, visitor: str, lang: str, most: int = 2):
        self.app, self.lang, self.most = app, lang, most
        self.client = Client(app)
        if visitor:
            self.client.sign_in(visitor, PASSWORD)
        self.pages: list[tuple[str, Page]] = []
        self.counts: Counter[str] = Counter()
        self.waiting = [f"/{lang}/", *([f"/{lang}/dashboard"] if visitor else [])]
        self.known, self.beside = set(self.waiting), set()
        while self.waiting:
            self._visit(self.waiting.pop(0))

    def _visit(self, path: str) -> None:
        endpoint = self.endpoint(path)
        if endpoint is None or self.counts[endpoint] >= self.most:
            return
        self.counts[endpoint] += 1
        page = self.client.get(path, status=None)
        if path in self.beside and page.status in (403, 404):
            return
        if page.location:
            self._meet(page.location, path)
            return
        assert page.status == 200, f"{path} ({endpoint}): {page.status}"
        self.pages.append((endpoint, page))
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
        if self.endpoint(action):
            self._meet(action, found_on)
        pressed = self.endpoint(action, "POST")
        if pressed in PRESSED and not self.counts[pressed]:
            self.counts[pressed] += 1
            answer = self.client.post(action, {e.get("name"): e.get("value", "") for e in form.iter() if e.get("name")})
            self._meet(answer.location, found_on)

    def _meet(self, link: str, found_on: str) -> None:
        target = urlsplit(urljoin(f"http://localhost{found_on}", link))
        if target.netloc != "localhost" or not target.path.startswith(f"/{self.lang}/"):
            return
        path = target.path + (f"?{target.query}" if target.query else "")
        assert self.endpoint(path), f"{found_on} links to {path}, which is no page"
        if path not in self.known:
            self.known.add(path)
            self.waiting.append(path)

    def endpoint(self, path: str, method: str = "GET") -> str | None:
        try:
            return self.app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0]
        except HTTPException:
            return None
