"""How does gunicorn run us? `serve` hands this file over as its configuration: no access log, and a thread for the jobs."""

from score_web.core import jobs

accesslog = None  # addresses and times of requests are kept nowhere: workers answer surveys here


def post_worker_init(worker) -> None:
    jobs.start(worker.wsgi)
