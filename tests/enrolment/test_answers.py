"""Everything that can be wrong with an answer, and how right ones are read."""

import pytest

from score_web.core.words import Sentence
from score_web.enrolment.answers import Band, count, problems, values
from score_web.enrolment.changes import changed_names, changes, untouched
from score_web.enrolment.fields import BY_NAME, FIELDS, shown
from tests.enrolment.people import ANSWERS

BAND = Band(50, 500)


def wrong(**changed) -> list[str]:
    return list(problems(ANSWERS | changed, BAND))


def test_complete_answers_have_no_problem():
    assert problems(ANSWERS, BAND) == {}


def test_nothing_typed_names_every_required_field():
    optional = {"name_en", "buyer", "explanation", "modules"}
    assert list(problems({}, BAND)) == [field.name for field in FIELDS if field.name not in optional]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("name_zh", "Ningbo Factory"),
        ("name_zh", "工厂😀"),
        ("name_zh", "厂" * 121),
        ("name_zh", "   "),
        ("name_en", "a" * 161),
        ("name_en", "Fire 🔥 Ltd"),
        ("code", "91330200DEM033O19T"),
        ("code", "123"),
        ("code", "91330200DEM0330190"),
        ("code", "😀" * 18),
        ("code", "x" * 5000),
        ("division_code", "999999"),
        ("division_code", "330000"),
        ("division_code", "710000"),
        ("division_code", "<b>"),
        ("sector", "C99"),
        ("sector", "other"),
        ("products", "x" * 1001),
        ("buyer", "x" * 301),
        ("women", "-1"),
        ("women", "九十六"),
        ("women", "96.5"),
        ("women", "1e3"),
        ("women", "100000"),
        ("women", "9" * 40),
        ("women", "٣"),
        ("casual", "abc"),
        ("casual", "187"),
        ("workers", "169"),
        ("explanation", "x" * 2001),
        ("representation", "boss"),
        ("contact_name", "张" * 101),
        ("contact_name", "😀"),
        ("contact_job", "x" * 101),
        ("contact_phone", "call me"),
        ("contact_phone", "12"),
        ("contact_phone", "1" * 31),
    ],
)
def test_one_wrong_answer_names_its_field(name, typed):
    assert name in wrong(**{name: typed})
    assert all(isinstance(sentence, Sentence) for sentence in problems(ANSWERS | {name: typed}, BAND).values())


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("code", "９１３３０２００ｄｅｍ０３３０１９ｔ"),
        ("code", " 91330200 DEM033019T "),
        ("women", "９６"),
        ("women", " 96 "),
        ("division_code", "500000"),
        ("contact_phone", "+86 574 8888 0000"),
        ("contact_phone", "0574-88880000转801"),
        ("contact_phone", "１３８００００００００"),
        ("name_zh", "𠮷祥（宁波）有限公司"),
        ("products", "电饭煲😀"),
    ],
)
def test_other_ways_of_typing_the_same(name, typed):
    assert wrong(**{name: typed}) == []


@pytest.mark.parametrize(
    ("typed", "number"), [("0", 0), ("1,200", 1200), ("１２", 12), ("007", 7), ("1,2", None), ("", None), ("-1", None)]
)
def test_counts(typed, number):
    assert count({"women": typed}, "women") == number


@pytest.mark.parametrize(("women", "outside"), [("9", True), ("10", False), ("460", False), ("461", True)])
def test_outside_the_band_needs_an_explanation(women, outside):
    changed = {"women": women, "men": "40", "managers": "10", "workers": str(int(women) + 30), "casual": "0"}
    assert wrong(**changed) == (["explanation"] if outside else [])
    assert wrong(**changed, explanation="我们是新厂") == []


def test_nobody_is_no_enterprise():
    assert wrong(women="0", men="0", managers="0", workers="0", casual="0") == ["women"]


def test_a_failing_check_digit_may_be_confirmed_for_this_code_only():
    code = "91350211M0000XUF46"
    assert wrong(code=code) == ["code"]
    assert wrong(code=code, code_confirmed=code) == []
    assert wrong(code="91350211M0000XUF47", code_confirmed=code) == ["code"]
    assert values(ANSWERS | {"code": code, "code_confirmed": code})["code_overridden"] is True


def test_values_are_normalised():
    found = values(ANSWERS | {"code": "91330200ｄem 033019t", "women": "９６", "name_zh": " 甲厂 ", "modules": ["5", "3", "9"]})
    assert (found["code"], found["women"], found["name_zh"], found["modules"], found["code_overridden"]) == (
        "91330200DEM033019T",
        96,
        "甲厂",
        "1,3,5",
        False,
    )


def test_changes_compare_what_people_read():
    after = ANSWERS | {"code": "91330200dem033019t", "women": "95", "modules": "1,5", "buyer": "甲"}
    found = changes(ANSWERS, after, {"women": "请核对", "men": "也核对"})
    assert [(c.field.name, c.before, c.after, c.asked) for c in found] == [("buyer", "", "甲", ""), ("women", "96", "95", "请核对")]
    assert [field.name for field in untouched(found, {"women": "请核对", "men": "也核对"})] == ["men"]
    assert changed_names(ANSWERS, ANSWERS) == set()


def test_values_are_shown_in_words():
    assert shown(BY_NAME["division_code"], "330200")["zh"] == "浙江省宁波市"
    assert shown(BY_NAME["division_code"], "330200")["en"] == "Ningbo, Zhejiang"
    assert shown(BY_NAME["sector"], "C38")["en"] == "C38 Electrical machinery and equipment"
    assert shown(BY_NAME["sector"], "typed by hand") == "typed by hand"
    assert shown(BY_NAME["representation"], "both") == Sentence("Both")
    assert shown(BY_NAME["modules"], ["5"]) == "1, 5"
    assert shown(BY_NAME["women"], None) == ""
