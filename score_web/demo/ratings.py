"""Which believable answers does an invented enterprise give? The same every time, around a level per theme."""

import hashlib

from score_web.assessment.questionnaire import Module

SPREAD = (-0.9, -0.4, 0.0, 0.3, 0.8)


def invented(module: Module, levels: list[float], seed: str, *, half: bool = False) -> dict[str, int]:
    """Ratings 0–3 by statement id; `half` stops in the middle, as people do."""
    ratings = {
        statement.id: _rating(level, f"{seed}/{statement.id}")
        for theme, level in zip(module.themes, levels, strict=True)
        for statement in theme.statements
    }
    kept = list(ratings)[: len(ratings) // 2] if half else list(ratings)
    return {statement: ratings[statement] for statement in kept}


def _rating(level: float, name: str) -> int:
    shift = SPREAD[hashlib.sha256(name.encode()).digest()[0] % len(SPREAD)]
    return max(0, min(3, round(level + shift)))
