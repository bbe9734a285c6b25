"""How does gunicorn run us? `serve` hands this file over as its configuration: no access log, a thread for the jobs, and a
worker that leaves nobody standing when it is told to stop."""

import gc

from gunicorn.workers.gthread import ThreadWorker

from score_web.core import jobs

accesslog = None  # addresses and times of requests are kept nowhere: workers answer surveys here
worker_class = "score_web.core.serving.Worker"
threads = 8
keepalive = 5  # seconds that a connection stays open for the next request; a proxy in front gives it up sooner
preload_app = True  # loaded once; workers are forked from it, start at once and share its memory
graceful_timeout = 30  # seconds for what is under way when SIGTERM comes


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


def when_ready(server) -> None:
    """What is loaded by now stays for ever: left alone by the garbage collector, it stays shared between the workers."""
    gc.collect()
    gc.freeze()


def post_fork(server, worker) -> None:
    """No connection of the parent is used by a child."""
    app = server.app.wsgi()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose(close=False)


def post_worker_init(worker) -> None:
    jobs.start(worker.wsgi)
