"""What the tests of the self-assessment share: an enterprise that fills in, and a theme page as a form one can send."""

from types import SimpleNamespace

from score_web.assessment import queries, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AssessmentRound
from score_web.core.db import db
from score_web.permissions import Role
from tests.factories import actor_of, add_membership, make_enterprise, make_institution, make_person


def make_filling(module: int = 1) -> SimpleNamespace:
    """An approved enterprise with a manager and a colleague, its partner, and an open self-assessment; committed."""
    institution, partner = make_institution()
    enterprise, manager = make_enterprise(institution=institution)
    colleague = make_person("Li Mei")
    add_membership(colleague, enterprise, Role.ENTERPRISE)
    db.session.commit()
    actor = actor_of(manager)
    round_ = services.start_round(enterprise_id=enterprise.id, module=module, by=actor)
    db.session.commit()
    emails = (manager.email, colleague.email)
    made = SimpleNamespace(
        emails=emails, institution=institution, partner=partner, enterprise=enterprise, manager=manager, colleague=colleague,
        actor=actor, round=round_, path=f"/en/assessment/{round_.id}",
    )
    db.session.rollback()
    return made


def answer_all(round_: AssessmentRound, actor, *, choice: str = "2", but: dict[str, Reply] | None = None, only: int | None = None) -> None:
    """Every statement (or the first `only`) rated alike, except those in `but`; committed."""
    known = queries.answers_of(round_.id)
    statements = [s.id for s in queries.module_of(round_).statements][:only]
    changes = (Change(s, (but or {}).get(s, Reply(choice)), known[s].version if s in known else 0) for s in statements)
    services.save_answers(round_, tuple(changes), by=actor)
    db.session.commit()


def submitted(f: SimpleNamespace, **answers) -> AssessmentRound:
    answer_all(f.round, f.actor, **answers)
    services.submit_round(f.round, by=f.actor)
    db.session.commit()
    return f.round


def form_of(page) -> dict[str, str]:
    """Everything a browser would send from this theme page."""
    names = {e.get("name") for tag in ("input", "textarea") for e in page.find_all(tag) if e.get("name")}
    return {name: page.value(name) for name in names if page.value(name) is not None}


def replies(round_: AssessmentRound) -> dict[str, Reply]:
    """As the database has them; holds no lock afterwards."""
    db.session.rollback()
    found = {statement: stored.reply for statement, stored in queries.answers_of(round_.id).items()}
    db.session.rollback()
    return found
