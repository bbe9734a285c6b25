"""Which believable enterprises and trainers are there when there are very many? The same ones every time, from their number."""

from dataclasses import dataclass
from random import Random

from stdnum.cn import uscc

from score_web.reference import divisions
from score_web.reference.sectors import sectors

SYLLABLES = (
    ("恒", "Heng"),
    ("泰", "Tai"),
    ("明", "Ming"),
    ("川", "Chuan"),
    ("甬", "Yong"),
    ("禾", "He"),
    ("知", "Zhi"),
    ("渔", "Yu"),
    ("瑞", "Rui"),
    ("华", "Hua"),
    ("德", "De"),
    ("新", "Xin"),
    ("远", "Yuan"),
    ("安", "An"),
    ("康", "Kang"),
    ("博", "Bo"),
    ("嘉", "Jia"),
    ("宏", "Hong"),
    ("立", "Li"),
    ("信", "Xin"),
    ("东", "Dong"),
    ("海", "Hai"),
    ("金", "Jin"),
    ("龙", "Long"),
    ("盛", "Sheng"),
    ("达", "Da"),
    ("星", "Xing"),
)
WARES = (
    ("电器", "Electric"),
    ("五金", "Hardware"),
    ("服装", "Garments"),
    ("玩具", "Toys"),
    ("机械", "Machinery"),
    ("电子", "Electronics"),
    ("塑料", "Plastics"),
    ("家具", "Furniture"),
    ("汽配", "Auto Parts"),
    ("纺织", "Textiles"),
)
FAMILIES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"
WEIGHTS = {
    "44": 100,
    "33": 110,
    "32": 120,
    "37": 90,
    "35": 70,
    "31": 50,
    "50": 40,
    "51": 50,
    "42": 40,
    "41": 45,
    "43": 35,
    "34": 40,
    "21": 30,
}
BIG = "44"  # of every thousand enterprises a hundred are here
STATES = (("approved", 70), ("submitted", 5), ("returned", 4), ("rejected", 6), ("withdrawn", 3), ("draft", 7), ("none", 5))
ROUNDS = ((0, 29), (1, 38), (2, 18), (3, 15))


@dataclass(frozen=True)
class Firm:
    """Everything about an enterprise that its number decides."""

    name_zh: str
    name_en: str
    person: str
    code: str
    division: str
    sector: str
    employees: int
    state: str
    rounds: int
    days_ago: int


def provinces() -> dict[str, int]:
    """Two digits → weight; all weights come to 1000."""
    others = [place.code[:2] for place in divisions.provinces() if place.code[:2] not in WEIGHTS]
    left = 1000 - sum(WEIGHTS.values())
    return WEIGHTS | {code: left // len(others) + (n < left % len(others)) for n, code in enumerate(others)}


def person(chance: Random) -> str:
    return chance.choice(FAMILIES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))


def _weighted(chance: Random, table):
    return chance.choices([value for value, _ in table], [weight for _, weight in table])[0]


def firms(number: int, seed: int = 0):
    """`number` of them, one after the other."""
    chance, weights = Random(seed), list(provinces().items())
    cities = {code: [city for city in divisions.cities(f"{code}0000")] for code, _ in weights}
    kinds = [sector.code for sector in sectors()]
    for n in range(number):
        code = _weighted(chance, weights)
        city = chance.choice(cities[code])
        (zh1, en1), (zh2, en2), (ware, ware_en) = chance.choice(SYLLABLES), chance.choice(SYLLABLES), chance.choice(WARES)
        place = city.name_zh.removesuffix("市")
        body = f"91{city.code}G{n:08d}"
        yield Firm(
            name_zh=f"{place}{zh1}{zh2}{ware}有限公司",
            name_en=f"{en1}{en2.lower()} {ware_en} ({city.name_en})"[:160],
            person=person(chance),
            code=body + uscc.calc_check_digit(body),
            division=city.code,
            sector=chance.choices(kinds, range(len(kinds), 0, -1))[0],
            employees=chance.randint(40, 520),
            state=_weighted(chance, STATES),
            rounds=_weighted(chance, ROUNDS),
            days_ago=chance.randint(1, 1000),
        )
