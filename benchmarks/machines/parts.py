"""The programs around the application, from Debian packages, each in a folder of this run: PostgreSQL, nginx, and a post office."""

import os
import pwd
import shutil
import socketserver
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

PACKAGES = ("nginx-light", "postgresql")
SERVER = "    server 127.0.0.1:{port} max_fails=0{down};"


def install() -> None:
    """What is missing is installed where we may; else the command is told."""
    if shutil.which("nginx") and _postgres_programs():
        return
    if os.geteuid() != 0:
        raise SystemExit(f"Missing Debian packages. As root: apt-get install --no-install-recommends {' '.join(PACKAGES)}")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-q"], **quiet)
    subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *PACKAGES], **quiet)


def _postgres_programs() -> Path | None:
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


class Database:
    """A PostgreSQL as Debian ships it, with its durable defaults, that listens to programs of this computer only."""

    def __init__(self, folder: Path):
        self.programs, self.data, self.socket = _postgres_programs(), folder / "postgres", folder / "socket"
        self.rights = {"cwd": folder}
        for place in (self.data, self.socket):
            place.mkdir()
        if os.geteuid() == 0:  # it refuses to run as root
            nobody = pwd.getpwnam("nobody")
            self.rights |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for place in (self.data, self.socket):
                os.chown(place, nobody.pw_uid, nobody.pw_gid)
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "-o", f"-c listen_addresses='' -k {self.socket}", "start")
        self._run("createdb", "-h", self.socket, "-U", "postgres", "score")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "stop")

    def _run(self, program: str, *arguments) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([self.programs / program, *arguments], check=True, **quiet, **self.rights)

    @property
    def version(self) -> str:
        return subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://postgres@/score?host={self.socket}"


class Nginx:
    """In front of the machines on `ports`; `leave_out` takes some of them out of service, as an operator would."""

    def __init__(self, folder: Path, port: int, ports: list[int]):
        self.folder, self.port, self.ports = folder, port, ports
        self.conf = folder / "nginx.conf"

    def _write(self, out: tuple[int, ...] = ()) -> None:
        servers = "\n".join(SERVER.format(port=port, down=" down" if port in out else "") for port in self.ports)
        words = {"@FOLDER@": str(self.folder), "@SERVERS@": servers.strip(), "@LISTEN@": f"127.0.0.1:{self.port}"}
        text = Path(__file__).with_name("nginx.conf").read_text()
        for word, value in words.items():
            text = text.replace(word, value)
        self.conf.write_text(text)

    def start(self) -> None:
        self._write()
        self._run()

    def leave_out(self, *ports: int) -> None:
        self._write(ports)
        self._run("-s", "reload")
        time.sleep(0.5)  # until workers with the new configuration have taken over

    def stop(self) -> None:
        self._run("-s", "stop")

    def _run(self, *arguments: str) -> None:
        subprocess.run(["nginx", "-p", self.folder, "-c", self.conf, *arguments], check=True, stderr=subprocess.DEVNULL)


class PostOffice:
    """Takes mail and counts the subjects; tells everybody that all is well."""

    def __enter__(self) -> "PostOffice":
        self.subjects: Counter[str] = Counter()
        office = self

        class Clerk(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 ready\r\n")
                for line in self.rfile:
                    word = line.split()[0].upper() if line.split() else b""
                    self.wfile.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
                    if word == b"DATA":
                        office.take(iter(self.rfile.readline, b".\r\n"))
                        self.wfile.write(b"250 ok\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clerk)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def take(self, lines) -> None:
        subjects = [line.decode().partition(":")[2].strip() for line in lines if line.lower().startswith(b"subject:")]
        self.subjects.update(subjects)

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def __exit__(self, *_error) -> None:
        self.server.shutdown()
        self.server.server_close()
