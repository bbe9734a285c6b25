"""Does a page get slower when there is much? 2,000 enterprises, each with five modules assessed three times, on SQLite.

The rows are copies of one enterprise of the demo, in thirty sectors and two provinces, made by the database itself. Each page
is asked for in-process; exits non-zero when the median of one takes 300 ms or more.
"""

import argparse
import statistics
import sys
import tempfile
import time

from sqlalchemy import text

from docs.screenshots import demo_app
from score_web.accounts.queries import person_by_email
from score_web.assessment.queries import latest_submitted
from score_web.core.db import db
from score_web.demo.cli import PASSWORD
from tests.client import Client

ENTERPRISES, LIMIT, ASKED = 2000, 300, 15
MODEL = "enterprise@example.com"  # its first self-assessment is what all others answer
FIRST = 100_000  # ids from here on are copies
PAGES = {
    MODEL: ("dashboard", "assessment/", "assessment/{round}/results", "booking/", "pulse/"),
    "enterprise4@example.com": ("dashboard", "assessment/{compared}/compare"),
    "partner@example.com": (
        "dashboard", "enrolment/queue", "enrolment/queue?tab=decided", "enrolment/queue?tab=decided&search=%E7%A4%BA%E8%8C%83",
        "accounts/people", "accounts/people?q=%E6%9D%8E%E6%98%8E", "trainers/", "booking/",
    ),
    "national@example.com": ("dashboard", "enrolment/queue?tab=decided&area=all", "accounts/people?q=99999"),
    "trainer@example.com": ("dashboard", "booking/", "trainers/days"),
}  # fmt: skip
COPY = {
    "organisation": ("id = :enterprise", {"id": ":first + n.i", "name_zh": "name_zh || n.i"}),
    "person": ("email = :email", {"id": ":first + n.i", "email": "n.i || email"}),
    "membership": ("person_id = :person", {"id": ":first + n.i", "person_id": ":first + n.i", "organisation_id": ":first + n.i"}),
    "enrolment": ("enterprise_id = :enterprise", {
        "id": ":first + n.i", "enterprise_id": ":first + n.i", "code": "'91X' || (:first + n.i)", "sector": "'C' || (13 + n.i % 30)",
        "division_code": "CASE n.i % 4 WHEN 0 THEN enrolment.division_code ELSE '440100' END",
    }),
}


def multiply(number: int) -> None:
    """Copies of the model enterprise with its person and enrolment, then their self-assessments."""
    person = person_by_email(MODEL)
    enterprise = person.live_memberships[0].organisation_id
    round_id = latest_submitted(enterprise, 1).id
    known = {"number": number, "first": FIRST, "email": MODEL, "person": person.id, "enterprise": enterprise, "round": round_id}
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number)"
    for table, (which, changed) in COPY.items():
        _copy(table, f"{numbers} SELECT {{columns}} FROM {table}, n WHERE {which}", changed, known)
    rounds = "CROSS JOIN (SELECT 1 AS m UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5)" \
        " CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3)"
    _copy("assessment_round", f"{numbers} SELECT {{columns}} FROM assessment_round, n {rounds} WHERE assessment_round.id = :round",
          {"id": ":first + n.i * 15 + (m - 1) * 3 + k", "enterprise_id": ":first + n.i", "module": "m", "number": "k"}, known)
    for table in ("answer", "lens_value"):
        own = "AND lens = 'self'" if table == "lens_value" else ""
        places = f"{table} AS old CROSS JOIN assessment_round r"
        _copy(table, f"SELECT {{columns}} FROM {places} WHERE old.round_id = :round AND r.id > :first {own}",
              {"id": "NULL", "round_id": "r.id", "statement": "replace(old.statement, 'M1', 'M' || r.module)"}, known)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _copy(table: str, select: str, changed: dict[str, str], known: dict) -> None:
    columns = [column.name for column in db.metadata.tables[table].columns]
    source = "old." if " AS old" in select else f"{table}."
    wanted = ", ".join(changed.get(name, source + name) for name in columns)
    db.session.execute(text(f"INSERT INTO {table} ({', '.join(columns)}) " + select.format(columns=wanted)), known)


def milliseconds(http, path: str) -> float:
    spent = []
    for _ in range(ASKED):
        start = time.perf_counter()
        answer = http.get(path)
        spent.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return statistics.median(spent)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--enterprises", type=int, default=ENTERPRISES)
    number = asked.parse_args().enterprises
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        app = demo_app(folder)
        with app.app_context():
            multiply(number)
            rows = db.session.scalar(text("SELECT count(*) FROM answer"))
            places = {"round": latest_submitted(person_by_email(MODEL).live_memberships[0].organisation_id, 1).id,
                      "compared": latest_submitted(person_by_email("enterprise4@example.com").live_memberships[0].organisation_id, 1).id}
        print(f"{number} enterprises, {number * 15} self-assessments, {rows} answers")
        for email, paths in PAGES.items():
            http = Client(app).sign_in(email, PASSWORD).http
            for path in paths:
                spent = milliseconds(http, f"/zh/{path.format(**places)}")
                slow += spent >= LIMIT
                print(f"{spent:8.1f} ms  {email.partition('@')[0]:<12} {path}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
