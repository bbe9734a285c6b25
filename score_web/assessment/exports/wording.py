"""In which words does a paper speak: Chinese, English, or both side by side? Every text is a list with one entry per language."""

from collections.abc import Callable

from score_web.core.i18n import in_language, say
from score_web.core.words import N_, Labelled, Sentence, Text


class Words(Labelled):
    ZH = "zh", N_("Chinese")
    EN = "en", N_("English")
    BOTH = "both", N_("Both languages")

    @property
    def languages(self) -> list[str]:
        return ["zh", "en"] if self is Words.BOTH else [str(self)]


class Wording:
    """`wording(thing)` says a sentence, a text, an English msgid, or what a function returns, in each of the languages."""

    def __init__(self, words: Words):
        self.languages = words.languages

    def __call__(self, thing: str | Sentence | Text | Callable[[], str]) -> list[str]:
        said = []
        for language in self.languages:
            with in_language(language):
                said.append(thing() if callable(thing) else say(thing))
        return said

    def one(self, thing: str | Sentence | Text | Callable[[], str], between: str = " ") -> str:
        """In one line, where there is no room for two."""
        said = self(thing)
        return said[0] if len(set(said)) == 1 else between.join(said)
