"""Who may train what? Levels per module, and who may be sent alone (DOMAIN §4.3)."""

from score_web.core.words import N_, Labelled


class Level(Labelled):
    CANDIDATE = "candidate", N_("Trainer candidate")
    CERTIFIED = "certified", N_("Certified trainer")
    EXPERT = "expert", N_("Expert trainer")


def may_lead(level: Level) -> bool:
    """A candidate is never offered alone: only beside an expert."""
    return level is not Level.CANDIDATE


def may_accompany_candidate(level: Level) -> bool:
    return level is Level.EXPERT
