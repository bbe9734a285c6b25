"""What may stand in an entry of a reviewed file? Checks keys and bilingual texts and names the place of every mistake."""

from pathlib import Path

import yaml

from score_web.core.words import Text


class QuestionnaireError(ValueError):
    """A questionnaire file cannot be used; the message names the file and the id."""


class Entry:
    """One mapping of a file; knows where it stands, so that every complaint names the place."""

    def __init__(self, data: object, where: str, *, required: set[str], optional: set[str] = frozenset()):
        self.where, self.data = where, data
        if not isinstance(data, dict):
            self.refuse("is not a list of keys and values")
        self.where = f"{where}, {data['id']}" if data.get("id") else where
        for key in sorted(required - data.keys()):
            self.refuse(f"“{key}” is missing")
        for key in sorted(data.keys() - required - optional):
            self.refuse(f"“{key}” is unknown")

    @classmethod
    def of_file(cls, path: Path, *, required: set[str]) -> "Entry":
        where = f"{path.parent.name}/{path.name}"
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            raise QuestionnaireError(f"{where}: {error}") from error
        return cls(data, where, required=required)

    def __getitem__(self, key: str):
        return self.data[key]

    def refuse(self, what: str):
        raise QuestionnaireError(f"{self.where}: {what}")

    def refuse_unless(self, fine: object, what: str):
        if not fine:
            self.refuse(what)

    def text(self, key: str) -> Text:
        pair = Entry(self.data[key], f"{self.where}, {key}", required={"en", "zh"})
        for language in ("en", "zh"):
            pair.refuse_unless(isinstance(pair[language], str) and pair[language].strip(), f"“{language}” is empty")
        return Text(en=pair["en"], zh=pair["zh"])

    def text_or_none(self, key: str) -> Text | None:
        return self.text(key) if key in self.data else None

    def entries(self, key: str, required: set[str], optional: set[str] = frozenset()) -> list["Entry"]:
        """The entries of a list; refuses an empty list and ids that stand there twice."""
        items = self.data[key]
        self.refuse_unless(isinstance(items, list) and items, f"“{key}” is empty")
        entries = [Entry(item, self.where, required=required, optional=optional) for item in items]
        ids = [entry["id"] for entry in entries if "id" in required]
        twice = next((known for known in ids if ids.count(known) > 1), None)
        self.refuse_unless(twice is None, f"{twice} stands there twice")
        return entries
