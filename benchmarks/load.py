"""How much does a server carry, how much memory does it hold, how soon does its first page come? Asked over plain sockets."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 60


class Served:
    """A server of its own process group on a free port, started by `command` in which PORT stands for the port."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.log = log
        self.began = time.perf_counter()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [part.replace("PORT", str(self.port)) for part in command], cwd=ROOT, stdout=out, stderr=out,
                env=os.environ | environment | {"PORT": str(self.port), "HOST": "127.0.0.1"}, start_new_session=True,
            )

    def first_page(self, request: bytes) -> float:
        """Seconds from the start of the process to the whole of this page."""
        while time.perf_counter() - self.began < PATIENCE and self.process.poll() is None:
            try:
                assert Line(self.port).ask(request) == 200
                return time.perf_counter() - self.began
            except OSError:
                time.sleep(0.01)
        raise AssertionError(f"the server did not start: {self.log.read_text()[-2000:]}")

    def memory(self) -> float:
        """Megabytes of all its processes; what they share counts once (PSS)."""
        found = [self.process.pid]
        for pid in found:
            found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return sum(_pss(pid) for pid in found) / 1024

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


class Line:
    """One connection that stays open, as a browser keeps it."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """The status, once the whole answer is there."""
        self.socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self._more()
        return int(head[9:12])

    def _more(self) -> bytes:
        if not (part := self.socket.recv(65536)):
            raise ConnectionError("closed in mid-answer")
        return part


def written(path: str, cookie: str, form: str | None = None, accept: str = "text/html") -> bytes:
    """A request as a browser of ours writes it."""
    lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", f"Accept: {accept}",
             "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: zh-CN", "Connection: keep-alive"]
    body = (form or "").encode()
    lines += [] if form is None else ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def per_second(port: int, clients: list[Callable[[], bytes]], status: int, seconds: float) -> float:
    """Answers per second; each client sends its next request when the last one is answered."""

    def run(client: Callable[[], bytes]) -> int:
        line, done = Line(port), 0
        while time.perf_counter() < until:
            got = line.ask(client())
            assert got == status, got
            done += 1
        return done

    began = time.perf_counter()
    until = began + seconds
    with ThreadPoolExecutor(len(clients)) as pool:
        done = sum(pool.map(run, clients))
    return done / (time.perf_counter() - began)
