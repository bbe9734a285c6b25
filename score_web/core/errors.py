"""How does a rule say no? It raises `Refused` with a sentence for the person; nothing is stored."""

from score_web.core.words import Sentence


class Refused(Exception):
    """A rule said no. The page comes back with what was typed and this sentence (409)."""

    status = 409

    def __init__(self, msgid: str | Sentence, **values):
        self.sentence = msgid if isinstance(msgid, Sentence) else Sentence(msgid, **values)
        super().__init__(self.sentence.msgid)
