"""What is left of a person or an enterprise that is erased? Words in place of words, round numbers in place of exact ones."""

import re

CLOSED = {"en": "Closed account", "zh": "已注销用户"}
ERASED = {"en": "Erased enterprise", "zh": "已删除的企业"}
FILLED = "–"  # stands where something had been written that counts as an answer
SHORTEST = 2
_KEPT_ANSWERS = ("sector", "modules", "representation")


def pattern(words: list[str]) -> re.Pattern | None:
    """Finds these words however they are written; Latin ones only whole, so that no part of another word is hit."""
    parts = [rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word)
             for word in sorted(set(words), key=len, reverse=True) if len(word) >= SHORTEST]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def without(value, found: re.Pattern, instead: str):
    """The same text, or tree of texts, with other words where these stood."""
    if isinstance(value, str):
        return found.sub(instead, value)
    if isinstance(value, dict):
        return {key: without(inner, found, instead) for key, inner in value.items()}
    return [without(inner, found, instead) for inner in value] if isinstance(value, list) else value


def rough(number: int) -> int:
    """To the nearest ten: enough for the statistics, too little to recognise a firm by."""
    return (number + 5) // 10 * 10


def rough_staff(*, women: int, men: int, managers: int, casual: int) -> dict[str, int]:
    """Head-counts that still add up: women and men are managers and workers."""
    women, men = rough(women), rough(men)
    managers = min(rough(managers), women + men)
    return {"women": women, "men": men, "managers": managers, "workers": women + men - managers, "casual": min(rough(casual), women + men)}


def province(division_code: str) -> str:
    """330205 → 330000"""
    return division_code[:2] + "0000" if division_code else ""


def kept_answers(answers: dict, staff: dict[str, int], division_code: str) -> dict:
    """Of an enrolment as typed: sector, wishes and rough numbers."""
    kept = {name: answers[name] for name in _KEPT_ANSWERS if name in answers}
    return kept | {name: str(number) for name, number in staff.items()} | {"division_code": division_code}
