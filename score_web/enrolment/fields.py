"""What do we ask? Every field of an enrolment once: the form, the check page, remarks and the list of changes all read this."""

from typing import NamedTuple

from score_web.core.words import N_, Sentence, Text
from score_web.reference import credit_code, divisions, sectors

MODULES = ("1", "2", "3", "4", "5")
COMPANY, PEOPLE = 1, 2
STEPS = {COMPANY: N_("Your enterprise"), PEOPLE: N_("People, contact and wishes"), 3: N_("Check and submit")}
REPRESENTATION = {
    "union": N_("A trade union"),
    "elected": N_("Elected worker representatives"),
    "both": N_("Both"),
    "none": N_("Neither yet"),
}


class Field(NamedTuple):
    """`kind` says how it is asked, checked and shown; `limit` is the longest text or the largest number."""

    name: str
    label: str
    step: int
    kind: str = "text"
    limit: int = 100
    optional: bool = False


FIELDS = (
    Field("name_zh", N_("Name in Chinese"), COMPANY, "name", 120),
    Field("name_en", N_("Name in English"), COMPANY, "name", 160, optional=True),
    Field("code", N_("Unified social credit code"), COMPANY, "code"),
    Field("division_code", N_("Province and city"), COMPANY, "place"),
    Field("sector", N_("Sector"), COMPANY, "sector"),
    Field("products", N_("Main products"), COMPANY, "long", 1000),
    Field("buyer", N_("Buyer programme"), COMPANY, "text", 300, optional=True),
    Field("women", N_("Women"), PEOPLE, "count", 99999),
    Field("men", N_("Men"), PEOPLE, "count", 99999),
    Field("managers", N_("Managers"), PEOPLE, "count", 99999),
    Field("workers", N_("Workers"), PEOPLE, "count", 99999),
    Field("casual", N_("Of these, casual and agency staff"), PEOPLE, "count", 99999),
    Field("explanation", N_("Why you apply with this size"), PEOPLE, "long", 2000, optional=True),
    Field("representation", N_("Who speaks for the workers?"), PEOPLE, "choice"),
    Field("contact_name", N_("Contact person"), PEOPLE, "name"),
    Field("contact_job", N_("Position of the contact person"), PEOPLE),
    Field("contact_phone", N_("Phone of the contact person"), PEOPLE, "phone", 30),
    Field("modules", N_("Modules you would like"), PEOPLE, "modules"),
)
BY_NAME = {field.name: field for field in FIELDS}
CONFIRMED = "code_confirmed"  # the applicant compared a code whose last character does not fit
HINTS = ("employees", "province")  # carried over from the eligibility page; they only help to fill in
DECIDED_BY_PARTNER = ("name_zh", "code", "division_code")  # after approval a change of these goes back to the partner


def of_step(step: int) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.step == step)


def chosen_modules(value) -> list[str]:
    """Module 1 always comes first, whatever else was chosen."""
    parts = value.split(",") if isinstance(value, str) else list(value or [])
    return sorted({"1"} | {part.strip() for part in parts if part.strip() in MODULES})


def shown(field: Field, value) -> str | Text | Sentence:
    """A value as people read it; '' when nothing was typed. A str is what somebody typed: never translate it."""
    if field.kind == "modules":
        return ", ".join(chosen_modules(value)) if value else ""
    value = (value or "").strip()
    if field.kind == "code":
        return credit_code.normalise(value)
    if field.kind == "place" and divisions.is_place(value):
        return Text(en=divisions.place_name(value, "en"), zh=divisions.place_name(value, "zh"))
    sector = sectors.sector(value) if field.kind == "sector" else None
    if sector:
        return Text(en=f"{sector.code} {sector.name.en}", zh=f"{sector.code} {sector.name.zh}")
    if field.kind == "choice" and value in REPRESENTATION:
        return Sentence(REPRESENTATION[value])
    return value
