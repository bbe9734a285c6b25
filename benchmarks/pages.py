"""How much slower than a floor are the busiest pages: one theme shown, one theme saved?

The floor is a bare Flask view with one SELECT that renders one line, in the same run on the same machine, so that the ratio means
the same on a laptop and on a busy server. Exits non-zero when a ratio is over its limit.
"""

import re
import statistics
import sys
import tempfile
import time

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

from docs.screenshots import demo_app
from score_web.demo.cli import PASSWORD
from tests.client import Client

ROUNDS, WARM_UP = 150, 15
LIMITS = {"theme shown": 40, "theme saved": 40}


def floor_app(folder: str) -> Flask:
    app, engine = Flask("floor"), create_engine(f"sqlite:///{folder}/floor.db")

    @app.get("/")
    def one_row():
        with engine.connect() as connection:
            return render_template_string("<p>{{ answer }}</p>", answer=connection.scalar(text("SELECT 42")))

    return app


def milliseconds(ask, prepare=lambda number: number) -> float:
    """The median, which a busy neighbour moves least; `prepare` is not timed."""
    spent = []
    for number in range(WARM_UP + ROUNDS):
        prepared = prepare(number)
        start = time.perf_counter()
        ask(prepared)
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent[WARM_UP:])


def open_theme(client: Client) -> str:
    """The address of the first theme of the half-filled self-assessment in the demo."""
    hub = client.get("/zh/assessment/")
    action = next(f.get("action") for f in hub.find_all("form") if re.search(r"/modules/1/start$", f.get("action") or ""))
    return re.sub(r"/[A-Z]$", "/A", client.post(action).location.split("#")[0])


def typed(page, number: int) -> dict:
    """The form of the page as a browser would send it, with one answer changed each time."""
    data = {}
    for field in page.tree.iter():
        name, kind = field.get("name"), field.get("type")
        if not name or kind == "submit" or "button" in field.tag:
            continue
        if kind not in ("radio", "checkbox") or field.get("checked") is not None:
            data[name] = field.get("value") or "".join(field.itertext()).removeprefix("\n")
    note = next((name for name in data if "note" in name), None)
    return data | ({note: f"note {number}"} if note else {})


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        app, floor = demo_app(folder), floor_app(folder).test_client()
        client = Client(app).sign_in("enterprise2@example.com", PASSWORD)
        path = open_theme(client)
        http = client.http

        def save(data: dict) -> None:
            answer = http.post(path, data=data)
            assert answer.status_code == 303, answer.status_code

        base = milliseconds(lambda _number: floor.get("/").data)
        found = {
            "theme shown": milliseconds(lambda _number: http.get(path).data),
            "theme saved": milliseconds(save, prepare=lambda number: typed(client.get(path), number)),
        }
    print(f"{'floor':<14}{base:8.2f} ms")
    for name, spent in found.items():
        print(f"{name:<14}{spent:8.2f} ms  {spent / base:5.1f} × floor, at most {LIMITS[name]}")
    return int(any(spent / base > LIMITS[name] for name, spent in found.items()))


if __name__ == "__main__":
    sys.exit(main())
