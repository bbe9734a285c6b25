"""What is measured: two enterprises of equal size in the demo data. One is asked through the application, the other through the floor."""

import io
import itertools
import sys
from types import SimpleNamespace
from urllib.parse import urlencode

from flask import Flask

from benchmarks.floor import Recorded
from docs.screenshots import demo_app
from score_web.assessment import queries, services
from score_web.assessment.answering import Reply
from score_web.core.db import db
from tests.assessment.filling import answer_all, make_filling
from tests.client import Client
from tests.factories import PASSWORD

THEME, MODULE = "A", 1
OWN_HEADERS = ("Content-Type", "Content-Length", "Content-Encoding", "Set-Cookie", "Vary")  # those the floor sends by itself
ENCODINGS = "gzip, deflate, br, zstd"  # as browsers of today say
_sent = itertools.count(1)  # no two forms say the same
FORM = "application/x-www-form-urlencoded"


class Asked:
    """A WSGI application asked as gunicorn asks it, without the weight of a test client."""

    def __init__(self, app: Flask, cookie: str):
        self.app, self.cookie = app, cookie

    def __call__(self, path: str, form: str | None = None, accept: str = "text/html", encoding: str = ENCODINGS) -> SimpleNamespace:
        body = (form or "").encode()
        answer = SimpleNamespace()

        def start(status, headers, _exc_info=None):
            answer.status, answer.headers = int(status[:3]), dict(headers)

        parts = self.app({
            "REQUEST_METHOD": "GET" if form is None else "POST", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
            "CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body)), "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": self.cookie,
            "HTTP_ACCEPT": accept, "HTTP_ACCEPT_ENCODING": encoding, "HTTP_ACCEPT_LANGUAGE": "zh-CN", "wsgi.version": (1, 0),
            "HTTP_USER_AGENT": "bench",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False,
        }, start)  # fmt: skip
        answer.body = b"".join(parts)
        parts.close()
        return answer


class Form:
    """A theme page (`forms["A"]`…) or one answer as a browser sends it, each time different. Knows the seals that the page would carry."""

    def __init__(self, round_id: int, statements: list[str], token: str):
        self.round_id, self.statements, self.token = round_id, statements, token

    def restart(self, known: dict) -> None:
        self.known = {statement: (known[statement].reply, known[statement].version) for statement in self.statements}

    def next(self) -> str:
        number = next(_sent)
        data = {"csrf_token": self.token}
        for statement in self.statements:
            reply, version = self.known[statement]
            fresh = Reply(str(number % 4), "", f"第{number}次：看板已更新")
            data |= {statement: fresh.choice, f"{statement}.seal": reply.seal(version)}
            data |= {f"{statement}.reason": "", f"{statement}.note": fresh.note}
            self.known[statement] = (fresh, version + 1)
        return urlencode(data)


class Subject:
    """The application on its data, the pages to ask for, the forms to send, and what the floor must know."""

    def __init__(self, folder: str, database: str = ""):
        self.app = demo_app(folder, database)
        with self.app.app_context():
            first, second = make_filling(MODULE), make_filling(MODULE)
            for filling in (first, second):
                answer_all(filling.round, filling.actor)
            self.enterprise, self.round_id, self.other_round_id = first.enterprise.id, first.round.id, second.round.id
            self.email, self.password = first.emails[0], PASSWORD
            reader = services.start_round(enterprise_id=first.enterprise.id, module=2, by=first.actor)
            answer_all(reader, first.actor)
            services.submit_round(reader, by=first.actor)
            themes = {theme.letter: [statement.id for statement in theme.statements] for theme in queries.module_of(first.round).themes}
            self.pages = {
                "theme": f"/zh/assessment/{self.round_id}/{THEME}",
                "dashboard": "/zh/dashboard",
                "results": f"/zh/assessment/{reader.id}/results",
            }
            db.session.commit()
            client = Client(self.app).sign_in(self.email)
            token = client.get(self.pages["theme"]).csrf()
            self.cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.http._cookies.values())
            self.forms = {letter: Form(self.round_id, statements, token) for letter, statements in themes.items()}
            self.forms |= {"theme": Form(self.round_id, themes[THEME], token), "answer": Form(self.round_id, themes[THEME][:1], token)}
        self.asked = Asked(self.app, self.cookie)

    def seals(self) -> None:
        """Read the versions anew: forms that were sent to somebody else have moved them on."""
        with self.app.app_context():
            known = queries.answers_of(self.round_id)
        for form in self.forms.values():
            form.restart(known)

    def recorded(self) -> Recorded:
        """What the floor must send and write; the page as the application sends it now."""
        self.seals()
        saved = self.asked(self.pages["theme"], self.forms["answer"].next(), "application/json", encoding="identity")
        plain = {path: self.asked(path, encoding="identity") for path in self.pages.values()}
        for path, answer in {"saving": saved, **plain}.items():
            assert answer.status == 200, f"{path}: {answer.status}"
        return Recorded(
            database=self.app.config["DATABASE_URL"], secret_key=self.app.config["SECRET_KEY"],
            cookie=self.app.config["SESSION_COOKIE_NAME"], round_id=self.other_round_id,
            headers={name: value for name, value in plain[self.pages["theme"]].headers.items() if name not in OWN_HEADERS},
            pages={path: answer.body.decode() for path, answer in plain.items()}, saved=saved.body.decode(),
        )

    def sign_in_form(self, known: bool):
        """Signs in anew each time it is called; the session is that of somebody who has just opened the page. A browser that is not
        known is a new device each time."""
        with self.app.app_context():
            client = Client(self.app)
            if known:
                client.sign_in(self.email)
                client.http.delete_cookie(self.app.config["SESSION_COOKIE_NAME"])
            token = client.get("/zh/accounts/sign-in").csrf()
        cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.http._cookies.values())
        form = urlencode({"csrf_token": token, "email": self.email, "password": self.password})
        return lambda: Asked(self.app, cookie)("/zh/accounts/sign-in", form)
