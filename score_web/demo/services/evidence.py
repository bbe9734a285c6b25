"""What did the invented enterprises photograph? Simple shapes, drawn when the demo is filled: no file lies in the repository."""

from datetime import timedelta
from io import BytesIO

from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import module_of
from score_web.assessment.services import add_evidence, look_at
from score_web.core import clock
from score_web.core.sheets import Column, Sheet, workbook
from score_web.permissions import Actor

SIZE = (800, 600)
GROUND, INK, PINE, HONEY, WHITE = "#b9c4be", "#1a2725", "#0b5b57", "#e0a526", "#f7f9f7"


def invent_evidence(round_: AssessmentRound, pieces: list[dict], by: Actor) -> None:
    for piece in pieces:
        statement = module_of(round_).statement(piece["statement"])
        looked = look_at(piece["name"], CONTENTS[piece["shows"]](), statement)
        made_on = clock.today() - timedelta(days=piece["days_before"])
        add_evidence(round_, statement, looked, made_on=made_on, caption=piece["caption"], by=by)


def _picture(draw) -> bytes:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - slow to import, only the demo's first start needs it

    image, out = Image.new("RGB", SIZE, GROUND), BytesIO()
    draw(ImageDraw.Draw(image))
    image.save(out, "PNG")
    return out.getvalue()


def _board(pen) -> None:
    """A notice board with sheets on it and somebody in front."""
    pen.rectangle((90, 70, 710, 430), WHITE, INK, 6)
    for column, height in enumerate((90, 150, 120, 190)):
        pen.rectangle((140 + 70 * column, 390 - height, 180 + 70 * column, 390), PINE)
    for row in range(5):
        pen.rectangle((460, 120 + 52 * row, 660 - 30 * (row % 3), 138 + 52 * row), INK)
    pen.ellipse((350, 330, 450, 430), INK)
    pen.pieslice((270, 430, 530, 790), 180, 360, INK)


def _floor(pen) -> None:
    """A workshop: lines on the floor, boxes in their places."""
    pen.polygon([(0, 600), (300, 220), (500, 220), (800, 600)], "#8d9a94")
    for left, right in (((60, 600), (330, 220)), ((740, 600), (470, 220))):
        pen.line((left, right), HONEY, 14)
    for left, top, side in ((40, 240, 120), (170, 190, 90), (640, 240, 120), (540, 190, 90)):
        pen.rectangle((left, top, left + side, top + side), PINE, INK, 4)
        pen.line((left, top + side // 2, left + side, top + side // 2), WHITE, 4)
    pen.rectangle((0, 0, 800, 120), WHITE)


def _record() -> bytes:
    """Which team held its morning meeting on which day."""
    teams, days = ("总装一班", "总装二班", "注塑班", "包装班"), ("周一", "周二", "周三", "周四", "周五")
    rows = [(team, *("√" if (number + day) % 4 else "×" for day in range(5))) for number, team in enumerate(teams)]
    return workbook([Sheet("班前会记录", [Column("班组", 14), *(Column(day, 8) for day in days)], rows)], title="班前会记录表")


CONTENTS = {"board": lambda: _picture(_board), "floor": lambda: _picture(_floor), "record": _record}
