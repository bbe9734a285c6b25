"""Whatever is chosen as evidence: what is kept of it, or the sentence that says why not. No database."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from score_web.assessment.evidence import EvidenceKind, folder_name, readable_name, unique_names
from score_web.assessment.questionnaire import module
from score_web.assessment.services import look_at
from score_web.core import documents
from score_web.core.errors import Refused
from tests.assessment.proofs import MACRO_SHEET, bomb, office, pdf, photo, program

BOTH, PHOTO_ONLY, DOCUMENT_ONLY = (module(1, "2026").statement(f"M1-B{n}") for n in (1, 2, 3))
JPEG = photo((1200, 800))


def look(content: bytes, name: str = "现场.jpg", statement=BOTH):
    return look_at(name, content, statement)


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_a_fresh_jpeg_of_limited_size_with_a_thumbnail(form):
    looked = look(photo((3000, 1500), form=form), "现场 照片.HEIC.png")
    image = opened(looked.content)
    assert (image.format, image.size, looked.media_type) == ("JPEG", (2000, 1000), "image/jpeg")
    assert opened(looked.thumbnail).size == (240, 120)
    assert len(looked.thumbnail) < 15_000
    assert (looked.name, looked.kind) == ("现场 照片.HEIC.jpg", EvidenceKind.PHOTO)


def test_of_a_photo_with_a_second_picture_behind_it_only_the_first_is_kept():
    """As phones store them that keep depth or brightness beside the photo: a JPEG to everybody, an MPO to Pillow."""
    both, hidden = BytesIO(), Image.new("RGB", (400, 300), "red")
    opened(JPEG).save(both, "MPO", save_all=True, append_images=[hidden])
    looked = look(both.getvalue())
    assert (opened(looked.content).format, opened(looked.content).size) == ("JPEG", (1200, 800))
    assert looked.content.count(b"\xff\xd8\xff") == 1


def test_a_jpeg_that_has_to_stand_in_memory_whole_has_a_lower_limit():
    plain, whole = BytesIO(), BytesIO()
    image = Image.new("L", (6000, 5100), "grey")
    image.save(plain, "JPEG")
    image.save(whole, "JPEG", progressive=True)
    assert opened(look(plain.getvalue()).content).size == (2000, 1700)
    with pytest.raises(Refused, match="too many pixels"):
        look(whole.getvalue())


def test_position_and_camera_are_gone_the_day_is_read_first_and_the_photo_stands_upright():
    source = photo((800, 600), orientation=6, gps=True)
    assert b"SECRETPHONE" in source
    looked = look(source)
    for content in (looked.content, looked.thumbnail):
        image = opened(content)
        assert len(image.getexif()) == 0
        assert not image.info.keys() & {"exif", "icc_profile", "xmp", "comment"}
        assert b"SECRETPHONE" not in content
        assert b"Exif" not in content
    assert opened(looked.content).size == (600, 800)
    assert opened(looked.content).getpixel((300, 100)) == (255, 255, 255)  # what was left is up now
    assert looked.taken_on == date(2026, 3, 5)


@pytest.mark.parametrize("taken", [None, "0000:00:00 00:00:00", "    ", "yesterday"])
def test_a_photo_that_does_not_say_when_it_was_taken(taken):
    assert look(photo(taken=taken)).taken_on is None


def test_what_is_see_through_becomes_white():
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(look(out.getvalue()).content).getpixel((25, 25)) == (255, 255, 255)


WRONG = {
    "bomb": (bomb(), "too many pixels"),
    "big webp": (photo((8000, 6000), form="WEBP"), "too many pixels"),
    "truncated": (JPEG[: len(JPEG) // 2], "damaged or incomplete"),
    "truncated in its head": (JPEG[:100], "damaged or incomplete"),
    "only the first bytes of a picture": (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "damaged or incomplete"),
    "program": (program(), "something else, whatever its name says"),
    "web page": (b"<html><script>alert(1)</script>", "something else"),
    "drawing with a script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "something else"),
    "gif": (b"GIF89a" + b"\0" * 50, "something else"),
    "iPhone": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", "Most Compatible"),
    "empty": (b"", "empty"),
    "11 MB": (b"\xff\xd8\xff" + b"\0" * (11 * 1024 * 1024), "larger than 10 MB"),
    "docx that is no zip": (b"PK\x03\x04" + b"not a zip at all" * 20, "damaged or incomplete"),
    "other zip": (office("content/some.xml"), "something else"),
    "macros under their own type": (office("xl/workbook.xml", MACRO_SHEET), "macros"),
    "macros under a harmless type": (office(more={"word/vbaProject.bin": b"x"}), "macros"),
    "old macros": (office("xl/workbook.xml", more={"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "a program inside": (office(more={"word/embeddings/run.EXE": b"MZ"}), "macros"),
    "zip bomb": (office(more={"word/media/image1.bmp": b"\0" * (60 * 1024 * 1024)}), "enormous"),
    "very many parts": (office(more={f"word/{n}.xml": b"" for n in range(2001)}), "enormous"),
    "old doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "doc, xls"),
    "half a pdf": (pdf()[:30], "damaged or incomplete"),
}


@pytest.mark.parametrize("name", ["photo.jpg", "document.pdf"])
@pytest.mark.parametrize(("content", "why"), WRONG.values(), ids=WRONG)
def test_what_is_not_kept_is_told_why_whatever_its_name(content, why, name):
    with pytest.raises(Refused) as no:
        look(content, name)
    assert why in no.value.sentence.msgid % no.value.sentence.values


def test_a_zip_that_lies_about_overlapping_parts(monkeypatch):
    """Parts that share their bytes (a bomb without nesting) add up to more than the file holds."""
    content = office()
    real = zipfile.ZipFile.infolist

    def overlapping(archive):
        parts = real(archive)
        parts[-1].compress_size = len(content)
        return parts

    monkeypatch.setattr(zipfile.ZipFile, "infolist", overlapping)
    with pytest.raises(documents.NotADocument, match="enormous"):
        look(content)


@pytest.mark.parametrize(
    ("content", "name", "kept_as"),
    [(pdf(), "报告.PDF", "报告.pdf"), (office(), "制度", "制度.docx"), (office("xl/workbook.xml"), "a.docx", "a.xlsx")],
)
def test_documents_are_kept_as_they_came_under_the_ending_of_their_content(content, name, kept_as):
    looked = look(content, name, DOCUMENT_ONLY)
    assert (looked.name, looked.content, looked.kind, looked.thumbnail) == (kept_as, content, EvidenceKind.DOCUMENT, None)


def test_a_paper_may_be_photographed_but_a_photo_is_a_photo():
    assert look(JPEG, statement=DOCUMENT_ONLY).kind is EvidenceKind.PHOTO
    with pytest.raises(Refused, match="Photos only"):
        look(pdf(), statement=PHOTO_ONLY)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\照片\\车间.jpg", "车间.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("", "file.jpg"),
        ("con", "file con.jpg"),
        ('a<b>:"|?*.png', "a_b______.jpg"),
        ("。.jpg", "。.jpg"),
        ("x" * 400, "x" * 120 + ".jpg"),
        ("第3.5号线", "第3.5号线.jpg"),
        ("\0\n", "file.jpg"),
    ],
)
def test_names_stay_readable_and_harm_nobody(given, name):
    assert readable_name(given, ".jpg") == name


def test_names_in_a_folder_differ_also_on_windows():
    assert unique_names(["照片.jpg", "照片.jpg", "A.pdf", "a.PDF", "照片 (2).jpg"]) == [
        "照片.jpg",
        "照片 (2).jpg",
        "A.pdf",
        "a (2).PDF",
        "照片 (2) (2).jpg",
    ]
    assert folder_name("M1-B1", "班组长/厂长每天开“班前会”？" * 4) == "M1-B1 班组长_厂长每天开“班前会”？班组长_厂长每天开“班前会”？"
