"""The server as `flask serve` starts it, to be killed, and people at a browser who talk to it over HTTP."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from html import unescape
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from werkzeug.test import encode_multipart

from tests.factories import PASSWORD

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds; a busy machine is slow, not wrong


class Server:
    """What `flask serve` starts, in a process group of its own on a free port. `hurry`: one worker, and the application is loaded before
    it, so that the next worker is there at once. `more` settings."""

    def __init__(self, app, *, hurry: bool = False, **more: str):
        self.folder = Path(app.config["SCORE_DATA_DIR"])
        settings = {name: str(app.config[name]) for name in ("DATABASE_URL", "SECRET_KEY", "SCORE_DATA_DIR")}
        self.environment = os.environ | settings | {"SCORE_ENV": "demo", "HOST": "127.0.0.1"} | more
        self.environment |= {"GUNICORN_CMD_ARGS": "--preload"} if hurry else {}
        self.command = [sys.executable, "-m", "flask", "--app", "app", "serve", *(["--workers", "1"] if hurry else [])]
        self.process, self.port = None, 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, stdout=log, stderr=log,
                env=self.environment | {"PORT": str(self.port)}, start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return build_opener().open(f"{self.address}/healthz", timeout=PATIENCE).close()
            except (OSError, HTTPException):
                time.sleep(0.02)
        raise AssertionError(f"the server did not start: {self.log()}")

    def log(self) -> str:
        return (self.folder / "server.log").read_text()[-3000:]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_workers(self) -> None:
        for worker in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            os.kill(int(worker), signal.SIGKILL)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


class Visitor:
    """Somebody at a browser: keeps cookies, follows nothing by itself."""

    def __init__(self, email: str, password: str = PASSWORD):
        self.email, self.password = email, password
        self.http = build_opener(HTTPCookieProcessor(CookieJar()), _Stay)

    def ask(self, url: str, form: dict | None = None, accept: str = "text/html", files: dict | None = None) -> tuple[int, bytes]:
        """`files`: FileStorage by field name."""
        headers, body = {"Accept": accept}, urlencode(form, doseq=True).encode() if form else None
        if files:
            boundary, body = encode_multipart((form or {}) | files)
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        try:
            answer = self.http.open(Request(url, body, headers), timeout=PATIENCE)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read()

    def sign_in(self, address: str) -> None:
        sign_in = f"{address}/en/accounts/sign-in"
        _, page = self.ask(sign_in)
        status, _ = self.ask(sign_in, {"csrf_token": hidden(page)["csrf_token"], "email": self.email, "password": self.password})
        assert status == 303, f"signing in: {status}"


def hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of a page: the token, seals, versions."""
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.decode())
    return {_said(field, "name"): unescape(_said(field, "value")) for field in fields}


def _said(field: str, attribute: str) -> str:
    found = re.search(rf' {attribute}="([^"]*)"', field)
    return found[1] if found else ""


@contextmanager
def started(server: Server):
    server.start()
    try:
        yield
    finally:
        server.kill()
