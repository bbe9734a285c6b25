"""Protects: real codes get in, slips are explained by place and cure, and only a wrong check digit may be overridden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from score_web.core.words import Sentence, Text
from score_web.reference import credit_code

REAL = ["91110000101623741K", "911101066976941872", "914403001922038216", "91330100799655058B"]
DEMO = [
    "91330200DEM033019T",
    "91330200DEM033027M",
    "91440100DEM0440179",
    "91440100DEM0440254",
    "91510600DEM0510146",
    "91510600DEM0510221",
    "91500000DEM050011J",
    "91500000DEM05002XA",
    "91210200DEM021018J",
    "91210200DEM021026D",
    "91310000DEM0310137",
    "91310000DEM0310212",
    "91330200DEM033035G",
    "91330200DEM033043B",
    "91330200DEM0330516",
    "91330200DEM03306XX",
    "91330200DEM033078X",
]


@pytest.mark.parametrize("code", REAL + DEMO)
def test_valid_codes_pass(code):
    assert credit_code.check(code) is None


@pytest.mark.parametrize("code", ["91310115MA1H8R7C6D", "91350211M0000XUF46"])
def test_a_wrong_check_digit_may_be_overridden(code):
    problem = credit_code.check(code)
    assert problem.sentence.msgid == credit_code.WRONG_CHECK_DIGIT
    assert problem.may_override is True


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", Sentence(credit_code.WRONG_LENGTH, typed=0)),
        ("91330200DEM033035", Sentence(credit_code.WRONG_LENGTH, typed=17)),
        ("91330200DEM033035GG", Sentence(credit_code.WRONG_LENGTH, typed=19)),
        ("330200400012345", Sentence(credit_code.OLD_NUMBER)),
        ("91330200DEM033O35G", Sentence(credit_code.LOOK_ALIKE, position=15, letter="O", digit="0")),
        ("9I330200DEM033035G", Sentence(credit_code.LOOK_ALIKE, position=2, letter="I", digit="1")),
        ("91330200DEM03303SG", Sentence(credit_code.LOOK_ALIKE, position=17, letter="S", digit="5")),
        ("9133Z200DEM033035G", Sentence(credit_code.LOOK_ALIKE, position=5, letter="Z", digit="2")),
        ("91330200DEM03303VG", Sentence(credit_code.STRANGE_CHARACTER, position=17, character="V")),
        ("91330200DEM03303号G", Sentence(credit_code.STRANGE_CHARACTER, position=17, character="号")),
        ("9133A200DEM033035G", Sentence(credit_code.NOT_A_DIGIT, position=5, letter="A")),
    ],
)
def test_a_slip_says_its_place_and_cure_and_may_not_be_overridden(typed, sentence):
    assert credit_code.check(typed) == credit_code.Problem(sentence, may_override=False)


@pytest.mark.parametrize(
    "typed",
    [
        " 91330200dem033035g ",
        "９１３３０２００ＤＥＭ０３３０３５Ｇ",
        "913302-00DEM-033035G",
        "9133 0200 DEM0 3303 5G",
        "91330200\u200bDEM033035G\ufeff",
        "91330200—DEM–033035G",
    ],
)
def test_what_people_paste_is_stored_in_one_form(typed):
    assert credit_code.normalise(typed) == "91330200DEM033035G"
    assert credit_code.check(typed) is None


def test_warnings_name_an_unusual_prefix_and_another_province():
    assert credit_code.warnings("91330200DEM033035G", "330000") == []
    assert credit_code.warnings("52330200MJ87654321", "330000") == [
        Sentence(credit_code.NOT_AN_ENTERPRISE, prefix="52"),
    ]
    assert credit_code.warnings("91440100DEM0440179", "330000") == [
        Sentence(
            credit_code.OTHER_PROVINCE,
            digits="44",
            registered=Text(en="Guangdong", zh="广东省"),
            chosen=Text(en="Zhejiang", zh="浙江省"),
        ),
    ]


def test_a_national_registration_and_an_unknown_province_raise_no_warning():
    assert credit_code.warnings("91100000DEM033035G", "330000") == []
    assert credit_code.warnings("91330200DEM033035G", "") == []


def test_other_kinds_of_organisation_pass_with_a_warning_only():
    body = "Y1330200DEM033035"
    code = body + uscc.calc_check_digit(body)
    assert credit_code.check(code) is None
    assert credit_code.warnings(code, "330000") == [Sentence(credit_code.NOT_AN_ENTERPRISE, prefix="Y1")]


@given(st.sampled_from(REAL + DEMO), st.integers(8, 17), st.sampled_from(credit_code.ALPHABET))
def test_any_single_mistyped_character_of_the_body_is_noticed(code, place, char):
    mistyped = code[:place] + char + code[place + 1 :]
    assert (credit_code.check(mistyped) is None) is (mistyped == code)


@given(st.text(max_size=40))
def test_no_garbage_passes_or_breaks_the_check(text):
    assert credit_code.check(text) is not None
    credit_code.warnings(text, "330000")
