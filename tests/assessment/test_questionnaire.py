"""Protects: the 120 reviewed statements, their minimum standards, and answers that were given to a published edition."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from score_web.assessment import questionnaire
from score_web.assessment.questionnaire import DIRECTORY, QuestionnaireError, load
from score_web.core.words import Text

FINGERPRINTS = Path(__file__).parent / "fingerprints.json"
CRITICAL = ["M1-A3", "M3-D2", "M4-A3", "M4-B2", "M4-C1", "M4-E5", "M5-A5", "M5-B5", "M5-C1", "M5-E2"]
STATEMENTS = [statement for module in questionnaire.modules() for statement in module.statements]


def test_120_statements_in_five_modules_of_five_themes():
    modules = questionnaire.modules()
    assert [(module.number, len(module.statements)) for module in modules] == [(1, 24), (2, 23), (3, 23), (4, 25), (5, 25)]
    assert [[theme.letter for theme in module.themes] for module in modules] == [list("ABCDE")] * 5
    assert len({statement.id for statement in STATEMENTS}) == 120


def test_workers_are_asked_and_evidence_is_wanted_as_reviewed():
    count = [(sum(s.worker for s in m.statements), sum(s.evidence for s in m.statements)) for m in questionnaire.modules()]
    assert count == [(12, 22), (9, 22), (7, 23), (12, 25), (12, 24)]


def test_exactly_ten_statements_are_minimum_standards():
    assert [statement.id for statement in STATEMENTS if statement.critical] == CRITICAL


def test_chinese_stands_where_chinese_belongs_and_english_where_english_belongs():
    texts = [text for s in STATEMENTS for text in (s.text, s.action, s.worker_text) if text]
    texts += [text for m in questionnaire.modules() for text in (m.title, m.subtitle, m.intro)]
    texts += [theme.title for module in questionnaire.modules() for theme in module.themes]
    assert [text for text in texts if not any("一" <= char <= "鿿" for char in text.zh)] == []
    assert [text for text in texts if any("一" <= char <= "鿿" for char in text.en)] == []
    assert [text for text in texts if text.en.isascii() and any(mark in text.zh for mark in ",;?!")] == []


def test_titles_are_the_programmes():
    assert [module.title for module in questionnaire.modules()] == [
        Text(en="Workplace Cooperation", zh="工作场所合作"),
        Text(en="Quality Management", zh="质量管理"),
        Text(en="Productivity and Cleaner Production", zh="生产力与清洁生产"),
        Text(en="Human Resource Management", zh="人力资源管理"),
        Text(en="Occupational Safety and Health", zh="职业安全与健康"),
    ]
    assert questionnaire.module(1).subtitle == Text(en="A foundation for business success", zh="企业成功的基础")


def test_the_scale_is_the_anchored_one():
    assert [(a.value, a.label.en, a.label.zh) for a in (*questionnaire.SCALE, questionnaire.NOT_APPLICABLE)] == [
        (0, "Not in place", "没有做"),
        (1, "Started", "刚起步"),
        (2, "Mostly in place", "基本做到"),
        (3, "Fully in place", "全面做到"),
        ("not_applicable", "Not applicable", "不适用"),
    ]
    assert [a.meaning and a.meaning.zh for a in questionnaire.SCALE] == [
        None, "个别地方或偶尔做到", "大部分区域做到，有一定记录", "全厂做到，并定期检查改进",
    ]  # fmt: skip
    assert [a.value for a in (*questionnaire.WORKER_SCALE, questionnaire.DO_NOT_KNOW)] == [0, 1, 2, 3, "do_not_know"]


def test_statements_and_themes_are_found_by_id():
    module = questionnaire.module(5)
    assert module.statement("M5-E2").critical is True
    assert module.statement("M1-A1") is None
    assert module.theme("C").id == "M5-C"
    assert module.theme("F") is None
    assert questionnaire.module(9) is None
    assert questionnaire.latest_edition(9) is None


def test_published_editions_have_not_changed_but_in_wording():
    """Answers are kept by id: a change here would give old answers another meaning. Make a new edition instead."""
    published = json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
    now = {f"{m.id} {m.edition}": {"fingerprint": m.fingerprint, "outline": list(m.outline)} for m in questionnaire.editions()}
    assert now == published


@pytest.fixture
def directory(tmp_path):
    shutil.copytree(DIRECTORY / "m1", tmp_path / "m1")
    return tmp_path


def rewrite(directory, change, edition="2026"):
    data = yaml.safe_load((directory / "m1" / "2026.yaml").read_text(encoding="utf-8"))
    change(data)
    path = directory / "m1" / f"{edition}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def first_statement(data):
    return data["themes"][0]["statements"][0]


def test_two_editions_the_latest_is_the_default_and_the_old_one_stays_readable(directory):
    rewrite(directory, lambda data: data["themes"][0]["statements"].pop(), edition="2027")
    library = load(directory)
    assert library.latest_edition(1) == "2027"
    assert [len(library.module(1, edition).statements) for edition in ("2026", "2027", None)] == [24, 23, 23]
    assert [module.edition for module in library.modules()] == ["2027"]
    assert [module.edition for module in library.editions()] == ["2026", "2027"]
    assert library.module(1, "2025") is None


def test_wording_leaves_the_fingerprint_alone_meaning_does_not(directory):
    before = load(directory).module(1).fingerprint
    rewrite(directory, lambda data: first_statement(data)["text"].update(en="Other words."))
    assert load(directory).module(1).fingerprint == before
    rewrite(directory, lambda data: first_statement(data).update(critical=True))
    assert load(directory).module(1).fingerprint != before


BREAKAGES = {
    "“zh” is missing": lambda data: first_statement(data)["text"].pop("zh"),
    "“en” is empty": lambda data: first_statement(data)["action"].update(en="  "),
    "“action” is missing": lambda data: first_statement(data).pop("action"),
    "“critcal” is unknown": lambda data: first_statement(data).update(critcal=True),
    "“critical” is true or left out": lambda data: first_statement(data).update(critical=False),
    "“evidence” is not a list of photo, document": lambda data: first_statement(data).update(evidence=["film"]),
    "M1-A1 stands there twice": lambda data: data["themes"][0]["statements"].append(dict(first_statement(data))),
    "M1-A stands there twice": lambda data: data["themes"].append(dict(data["themes"][0])),
    "the id is not M1-A and a number": lambda data: first_statement(data).update(id="M1-B1"),
    "the id is not M1- and a letter": lambda data: data["themes"][0].update(id="M2-A"),
    "“statements” is empty": lambda data: data["themes"][0].update(statements=[]),
    "“subtitle” is missing": lambda data: data.pop("subtitle"),
    "the id and the folder differ": lambda data: data.update(id="M2"),
    "is not a list of keys and values": lambda data: first_statement(data).update(worker="yes"),
}


@pytest.mark.parametrize("complaint", BREAKAGES)
def test_a_broken_file_is_refused_with_its_name_and_the_place(directory, complaint):
    rewrite(directory, BREAKAGES[complaint])
    with pytest.raises(QuestionnaireError) as refused:
        load(directory)
    assert str(refused.value).startswith("m1/2026.yaml, M")
    assert str(refused.value).endswith(complaint)


def test_a_complaint_names_the_statement(directory):
    rewrite(directory, BREAKAGES["“zh” is missing"])
    with pytest.raises(QuestionnaireError, match=r"^m1/2026.yaml, M1, M1-A, M1-A1, text: “zh” is missing$"):
        load(directory)


def test_no_yaml_and_no_file_are_refused(directory):
    (directory / "m1" / "2026.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(QuestionnaireError, match=r"^m1/2026.yaml: "):
        load(directory)
    with pytest.raises(QuestionnaireError, match="no questionnaire found"):
        load(directory / "m1")
