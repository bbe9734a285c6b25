"""How does gunicorn run us? No access log, a thread for the jobs, and a server that leaves nobody standing when it is told to stop."""

import ctypes
import gc
import socket
import struct
import sys
import time

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from score_web.core import jobs

# A filter in the words of the kernel's packet filter (linux/filter.h: code, where to go if so and if not, operand): if the flags of the
# TCP header, its byte 13, hold SYN (2), drop the packet, else take it.
NO_NEWCOMERS = b"".join(struct.pack("HBBI", *step) for step in (
    (0x30, 0, 0, 13), (0x45, 0, 1, 2), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF)))  # fmt: skip
SO_ATTACH_FILTER = 26  # linux/socket.h; Python has no name for it
HANDSHAKE = 0.02  # seconds for those who were in the middle of connecting


class Worker(ThreadWorker):
    """Threads, as gunicorn has them. Told to stop (SIGTERM), it finishes what is under way, and more:

    * who has connected but was not let in yet is still served. gunicorn closes the door on them: a form sent in that
      moment would be lost, for no proxy may send it twice;
    * the job at work is waited for: broken off, nobody would take it up before its claim has run out.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            self._let_in_who_waits()

    def _let_in_who_waits(self) -> None:
        time.sleep(HANDSHAKE)
        for listener in self.sockets:
            listener.setblocking(False)
            known = None
            while known != self.nr_conns:
                known = self.nr_conns
                self.accept(listener)
            listener.close()  # whoever comes now is refused at once, so that a proxy asks the next machine

    def handle(self, conn):
        """A connection that ends is closed here, in its thread: closing waits until the other side has closed too, and the loop that
        lets others in would wait with it."""
        stays = super().handle(conn)
        if not stays:
            conn.close(graceful=True)
            conn.close = lambda graceful=False: None
        return stays

    def run(self) -> None:
        super().run()
        jobs.stop(self.wsgi)


class Foreman(Arbiter):
    """Told to stop, it first lets nobody else connect: who connected between a worker's last look and its closing of the door was
    sent away in the middle of a form (37 times in 60 restarts under load). Their packets are dropped instead; they knock again a
    second later, when another machine answers. Not when the socket goes on without us (systemd, a new gunicorn after SIGUSR2)."""

    def stop(self, graceful: bool = True) -> None:
        if self.reexec_pid == self.master_pid == 0 and not self.systemd:
            for listener in self.LISTENERS:
                _drop_newcomers(listener.sock)
        super().stop(graceful)


def _drop_newcomers(listener: socket.socket) -> None:
    if sys.platform != "linux":
        return
    steps = ctypes.create_string_buffer(NO_NEWCOMERS, len(NO_NEWCOMERS))
    program = struct.pack("HL", len(NO_NEWCOMERS) // 8, ctypes.addressof(steps))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


class Server(BaseApplication):
    """gunicorn in this process, which has loaded the application: its workers are forked from it and share its memory."""

    def __init__(self, app: Flask, bind: str, workers: int):
        self.settings = SETTINGS | {"bind": bind, "workers": workers}
        self.app = app
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app

    def run(self) -> None:
        Foreman(self).run()


def when_ready(server) -> None:
    """What is loaded by now stays for ever: left alone by the garbage collector, it stays shared between the workers. There is next to no
    garbage in it (see app.py), and looking for it would take a tenth of a second."""
    gc.freeze()


def post_fork(server, worker) -> None:
    """No connection of the parent is used by a child."""
    app = server.app.wsgi()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose(close=False)


def post_worker_init(worker) -> None:
    worker.wsgi.extensions["score_stopping"] = lambda: not worker.alive
    jobs.start(worker.wsgi)


SETTINGS = {
    "accesslog": None,  # addresses and times of requests are kept nowhere: workers answer surveys here
    "loglevel": "warning",
    "control_socket_disable": True,
    "worker_class": Worker,
    "threads": 8,
    "keepalive": 5,  # seconds that a connection stays open for the next request; a proxy in front gives it up sooner
    "preload_app": True,  # loaded once; workers are forked from it, start at once and share its memory
    "graceful_timeout": 30,  # seconds for what is under way when SIGTERM comes
    "when_ready": when_ready,
    "post_fork": post_fork,
    "post_worker_init": post_worker_init,
}
