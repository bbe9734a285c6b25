"""Is it a unified social credit code (GB 32100-2015)? Says the place of the mistake and its cure.

Wrong length or characters cannot be a code. A wrong check digit nearly always is a slip, but a few registered codes are
said to fail it: a partner may override that one problem with a reason. Warnings never stop anyone.
"""

import unicodedata
from typing import NamedTuple

from stdnum.cn import uscc

from score_web.core.words import N_, Sentence
from score_web.reference.divisions import province

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIVISION = range(2, 8)  # positions 3 to 8: the GB/T 2260 code of the place of registration
ENTERPRISE = "91"
LOOK_ALIKES = {"O": "0", "I": "1", "S": "5", "Z": "2"}


class Problem(NamedTuple):
    """What is wrong with a code; `may_override`: a partner may accept it with a reason."""

    sentence: Sentence
    may_override: bool = False


def normalise(text: str) -> str:
    """As the code is stored: half-width capitals without spaces, dashes and invisible characters."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in wide if unicodedata.category(char)[0] not in "ZC" and not _is_dash(char))


def check(code: str) -> Problem | None:
    """The first problem of a code, in the order in which a person can put it right; None when it holds."""
    code = normalise(code)
    sentence = _wrong_length(code) or _wrong_character(code)
    if sentence:
        return Problem(sentence)
    if code[-1] != uscc.calc_check_digit(code[:-1]):
        return Problem(Sentence(WRONG_CHECK_DIGIT), may_override=True)
    return None


def warnings(code: str, province_code: str) -> list[Sentence]:
    """What is unusual in a code that holds: no enterprise, or registered in another province than the one chosen."""
    code = normalise(code)
    found = []
    if not code.startswith(ENTERPRISE):
        found.append(Sentence(NOT_AN_ENTERPRISE, prefix=code[:2]))
    registered, chosen = province(code[2:4]), province(province_code)
    if registered and chosen and registered != chosen:
        found.append(
            Sentence(OTHER_PROVINCE, digits=code[2:4], registered=registered.name, chosen=chosen.name),
        )
    return found


def _wrong_length(code: str) -> Sentence | None:
    if len(code) == LENGTH:
        return None
    if len(code) == 15 and code.isdecimal():
        return Sentence(OLD_NUMBER)
    return Sentence(WRONG_LENGTH, typed=len(code))


def _wrong_character(code: str) -> Sentence | None:
    for position, char in enumerate(code, start=1):
        if char in LOOK_ALIKES:
            return Sentence(LOOK_ALIKE, position=position, letter=char, digit=LOOK_ALIKES[char])
        if char not in ALPHABET:
            return Sentence(STRANGE_CHARACTER, position=position, character=char)
        if position - 1 in DIVISION and not char.isdecimal():
            return Sentence(NOT_A_DIGIT, position=position, letter=char)
    return None


def _is_dash(char: str) -> bool:
    return unicodedata.category(char) == "Pd" or char == "\N{MINUS SIGN}"


WRONG_LENGTH = N_("A credit code has 18 characters; you typed %(typed)s. Compare it with the business licence.")
OLD_NUMBER = N_(
    "These 15 digits look like the old registration number. Type the 18-character unified social credit code of the "
    "current business licence."
)
LOOK_ALIKE = N_("Position %(position)s is the letter %(letter)s. The code never contains %(letter)s; type the digit %(digit)s.")
STRANGE_CHARACTER = N_(
    "Position %(position)s is “%(character)s”. The code has only digits and capital letters, never I, O, S, V or Z; "
    "compare it with the business licence."
)
NOT_A_DIGIT = N_(
    "Position %(position)s is the letter %(letter)s. Positions 3 to 8 are always digits; compare them with the business licence."
)
WRONG_CHECK_DIGIT = N_(
    "The last character does not fit the other 17, so one of them is probably mistyped. Compare all 18 with the "
    "business licence: 0 and D, 8 and B, 1 and 7 and swapped neighbours are the usual slips."
)
NOT_AN_ENTERPRISE = N_("The codes of enterprises begin with 91; this one begins with %(prefix)s. Is it the right one?")
OTHER_PROVINCE = N_(
    "Positions 3 and 4 (%(digits)s) mean registered in %(registered)s, but you chose %(chosen)s. If both are right, just go on."
)
