"""Who may train what? Levels per module, and who may be sent alone (DOMAIN §4.3)."""

from score_web.core.words import N_, Labelled, Sentence

FIRST_MODULE = 1


class Level(Labelled):
    CANDIDATE = "candidate", N_("Trainer candidate")
    CERTIFIED = "certified", N_("Certified trainer")
    EXPERT = "expert", N_("Expert trainer")


def may_lead(level: Level) -> bool:
    """A candidate is never offered alone: only beside an expert."""
    return level is not Level.CANDIDATE


def may_accompany_candidate(level: Level) -> bool:
    return level is Level.EXPERT


def grant_problem(levels: dict[int, Level], module: int, level: Level | None) -> Sentence | None:
    """Why this module may not get this level (None: be ended) now: every trainer starts with module 1 and keeps it."""
    others = sorted(levels.keys() - {FIRST_MODULE})
    first = levels.get(FIRST_MODULE)
    if module != FIRST_MODULE:
        if level is not None and (first is None or not may_lead(first)):
            return Sentence(N_("Module 1 comes first: certify this trainer for it before any other module."))
        return None
    if others and (level is None or not may_lead(level)):
        return Sentence(N_("This trainer still trains other modules, which need module 1: end those first."))
    return None
