"""Protects: the codes that enrolments store and the order in which the form offers them."""

from score_web.core.words import Text
from score_web.reference import sectors
from score_web.reference.sectors import Sector


def test_all_31_manufacturing_divisions_the_score_sectors_first():
    codes = [sector.code for sector in sectors.sectors()]
    assert codes[:10] == ["C18", "C34", "C35", "C36", "C38", "C39", "C24", "C21", "C33", "C29"]
    assert sorted(codes) == [f"C{number}" for number in range(13, 44)]
    assert codes[10:] == sorted(codes[10:])


def test_a_sector_has_its_short_its_yearbook_and_its_everyday_name():
    assert sectors.sector("C36") == Sector(
        code="C36",
        name=Text(en="Automobiles and parts", zh="汽车制造业"),
        yearbook_name=Text(en="Manufacture of Automobiles", zh="汽车制造业"),
        everyday=Text(en="auto parts", zh="汽车零部件"),
    )
    assert sectors.sector("C13").everyday is None
    assert sectors.sector("A01") is None


def test_exactly_the_score_sectors_have_everyday_words_in_both_languages():
    everyday = {sector.code for sector in sectors.sectors() if sector.everyday}
    assert everyday == set(sectors.SCORE_SECTORS)
    assert all(sector.name.en and sector.name.zh for sector in sectors.sectors())
    assert all(sector.everyday.zh for sector in sectors.sectors() if sector.everyday)


def test_the_edition_is_stated():
    assert sectors.EDITION == "GB/T 4754-2017"
