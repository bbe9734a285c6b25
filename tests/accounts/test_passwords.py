"""Which passwords are too easy, also for somebody who knows Chinese habits; what the sentence says; and the other small ideas."""

import re

import pytest

from score_web.accounts.devices import device_words
from score_web.accounts.forms import normal_email, normal_phone
from score_web.accounts.passwords import weakness
from score_web.accounts.scopes import read_scope
from score_web.accounts.views.sign_in import own_path

LI = ("wang.li@huadong.example", "Wang Li", "Huadong Machinery", "+8613800138000")


@pytest.mark.parametrize(
    "password",
    [
        "woaini1314",
        "woaini5201314",
        "5201314woaini",
        "zhongguo2024",
        "Zhongguo@2024",
        "ningbo666888",
        "xiaoming1990",
        "Mima123456!",
        "P@ssw0rd12",
        "qwer123456",
        "1qaz2wsx3edc",
        "1234567890",
        "aaaaaaaaaaaa",
        "19900101199",
        "laoban8888",
        "huadong2026",
        "wang.li@2026",
        "Huadong_168168",
        "13800138000",
        "gongsi123456",
        "a123456789",
        "scoreweb2026",
    ],
)
def test_habits_are_refused(password):
    assert weakness(password, LI) is not None


@pytest.mark.parametrize(
    "password",
    [
        "correct-horse-9",
        "purple teapot 19 rain",
        "老板今天去钓鱼了没有",
        "xK9#vTq2!mPz",
        "teapot-Ladder-rain-7",
        "y" + "7f-Qz" * 39,
    ],
)
def test_good_ones_pass_however_long(password):
    assert weakness(password, LI) is None


@pytest.mark.parametrize(
    ("password", "msgid", "values"),
    [
        (
            "short",
            "Use at least %(least)s characters; this password has %(n)s. A short sentence is easy to remember.",
            {"least": 10, "n": 5},
        ),
        ("x1-" * 70, "Use at most %(most)s characters.", {"most": 200}),
        (
            "zhongguo2024",
            "“%(word)s” is used by many people and guessed first. Add two more words that do not belong together.",
            {"word": "zhongguo"},
        ),
        (
            "huadong2026!",
            "“%(word)s” is part of your own details, which others know. Use words that have nothing to do with you.",
            {"word": "huadong"},
        ),
        (
            "aaaaaaaaaaaa",
            "“%(word)s” is a row of keys, digits or repetitions, which is guessed quickly. Use words instead.",
            {"word": "aaaaaaaaaaaa"},
        ),
    ],
)
def test_the_sentence_says_what_to_change(password, msgid, values):
    sentence = weakness(password, LI)
    assert (sentence.msgid, sentence.values) == (msgid, values)


def test_what_one_person_is_called_is_no_rule_for_the_next():
    assert weakness("huadong2026!", LI) is not None
    assert weakness("Brontosaurus-lamp", ("brontosaurus@lamp.example",)) is not None
    assert weakness("Brontosaurus-lamp", LI) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("0574-87654321", "+8657487654321"),
        ("+44 20 7946 0958", "+442079460958"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_phones_are_stored_in_one_form(typed, stored):
    assert normal_phone(typed) == stored


@pytest.mark.parametrize("typed", ["12345", "not a phone", "138001380001234", "-5", "😀"])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(ValueError, match=re.escape(typed)):
        normal_phone(typed)


def test_addresses_are_stored_in_one_form():
    assert normal_email(" ＷＡＮＧ＠Factory.Example ") == "wang@factory.example"


@pytest.mark.parametrize(("typed", "stored"), [("ALL ", "all"), ("3302，33 5001、51", "3302,33,5001,51"), ("3302, 3302", "3302"), ("", "")])
def test_scopes_are_stored_in_one_form(typed, stored):
    assert read_scope(typed) == stored


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/zh/\\evil",
        "javascript:alert(1)",
        "/fr/x",
        "zh/x",
        "/zh/a b",
        "/zh/a\nb",
        None,
        "",
    ],
)
def test_only_our_own_addresses_are_followed(target):
    assert own_path(target) == ""


def test_own_addresses_are_followed():
    assert own_path("/zh/booking/?module=1") == "/zh/booking/?module=1"


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; ALN-AL00) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47",
            "WeChat · Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8", ""),
    ],
)
def test_devices_have_names_that_people_know(says, words):
    assert device_words(says) == words
