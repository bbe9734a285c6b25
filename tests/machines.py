"""Several machines in small: processes as `serve` starts them, each on a port of its own, with one database and one folder of files."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPException
from io import BytesIO
from itertools import count
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, build_opener

from werkzeug.datastructures import FileStorage

from tests.torture import PATIENCE, Filler, Visitor, hidden


class Machine:
    """One of them; `settings` are environment variables. It keeps its port when it is started again."""

    def __init__(self, settings: dict[str, str], log: Path, *, port: int = 0, workers: int = 1):
        self.port, self.log, self.process = port or free_port(), log, None
        self.environment = os.environ | settings | {"HOST": "127.0.0.1", "PORT": str(self.port)}
        self.command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--workers", str(workers)]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=Path(__file__).parents[1], stdout=log, stderr=log, env=self.environment, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return build_opener().open(f"{self.address}/healthz", timeout=PATIENCE).close()
            except (OSError, HTTPException):
                time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.log.read_text()[-3000:]}")

    def stop(self) -> float:
        """As an operator or systemd stops it; the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()[-3000:]
        return time.monotonic() - begun

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _workers(self) -> list[int]:
        return [int(worker) for worker in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]

    def freeze_workers(self) -> None:
        """Until every thread of theirs stands still: one that still ran would take the next signal first."""
        for worker in self._workers():
            os.kill(worker, signal.SIGSTOP)
            self._wait_until(lambda status: re.search(r"State:\s*T", status), Path(f"/proc/{worker}/task").glob("*/status"))

    def thaw_workers(self) -> None:
        for worker in self._workers():
            os.kill(worker, signal.SIGCONT)

    def wait_for_pending(self, number: int) -> None:
        """Until this signal has come to every worker, which sleeps and will see it when it wakes."""
        self._wait_until(lambda status: int(re.search(r"ShdPnd:\s*(\w+)", status)[1], 16) >> (number - 1) & 1,
                         [Path(f"/proc/{worker}/status") for worker in self._workers()])

    @staticmethod
    def _wait_until(true_of, files) -> None:
        for file in list(files):
            while not true_of(file.read_text()):
                time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Roaming(Filler):
    """Fills in through whichever machine comes next, as behind a proxy: one that refuses to talk is passed over, and nothing
    that was sent is ever sent again. Addresses are paths."""

    def among(self, addresses: list[str]) -> "Roaming":
        self.addresses, self.turns = addresses, count()
        return self

    def ask(self, url: str, *what, **more) -> tuple[int, bytes]:
        turn = next(self.turns)
        for place in range(turn, turn + len(self.addresses)):
            try:
                return super().ask(self.addresses[place % len(self.addresses)] + url, *what, **more)
            except URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise
        raise AssertionError("all machines refuse")


def cookies_of(visitor: Visitor) -> str:
    """What a thief of this browser's cookies would send."""
    jars = [handler.cookiejar for handler in visitor.http.handlers if isinstance(handler, HTTPCookieProcessor)]
    return "; ".join(f"{cookie.name}={cookie.value}" for jar in jars for cookie in jar)


def send_photo(visitor: Visitor, url: str, content: bytes) -> int:
    """As a browser does from the page for evidence; the status of the answer."""
    _, page = visitor.ask(url)
    form = {"csrf_token": hidden(page)["csrf_token"], "made_on": "2026-03-05", "caption": "store"}
    return visitor.ask(url, form, files={"file": FileStorage(BytesIO(content), "store.jpg", "file", "image/jpeg")})[0]


def wrong_sign_ins(addresses: list[str], email: str, most: int = 20) -> int:
    """How many wrong passwords are looked at, each by the machine whose turn it is, before one is told to wait."""
    for number in range(most):
        visitor, address = Visitor(email), addresses[number % len(addresses)] + "/en/accounts/sign-in"
        _, page = visitor.ask(address)
        status, _ = visitor.ask(address, {"csrf_token": hidden(page)["csrf_token"], "email": email, "password": "wrong"})
        if status == 429:
            return number
    return most
