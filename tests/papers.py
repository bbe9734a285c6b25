"""Reads PDF files as other programs see them: poppler's tools, run on what the application made."""

import re
import subprocess
from pathlib import Path

FOOTER_BEGINS = 788  # points from the top of an A4 page: below it stand programme name and page number


def _run(*command: str, pdf: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run([command[0], *command[1:], str(path), *(["-"] if command[0] == "pdftotext" else [])],
                          check=True, capture_output=True, text=True).stdout


def text(pdf: bytes, folder: Path, *, footer: bool = True) -> str:
    """In the order in which it is read, without any white space."""
    crop = [] if footer else ["-x", "0", "-y", "0", "-W", "600", "-H", str(FOOTER_BEGINS)]
    return squeezed(_run("pdftotext", "-raw", *crop, pdf=pdf, folder=folder))


def squeezed(some: str) -> str:
    return re.sub(r"[\s\u200b]+", "", some)


def info(pdf: bytes, folder: Path) -> dict[str, str]:
    lines = _run("pdfinfo", pdf=pdf, folder=folder).splitlines()
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


def metadata(pdf: bytes, folder: Path) -> str:
    return _run("pdfinfo", "-meta", pdf=pdf, folder=folder)


def fonts(pdf: bytes, folder: Path) -> list[tuple[str, bool]]:
    """Each font with whether it is embedded."""
    return [(line.split()[0], line.split()[-5] == "yes") for line in _run("pdffonts", pdf=pdf, folder=folder).splitlines()[2:]]


def picture(pdf: bytes, folder: Path) -> bytes:
    """The first page in grey."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftoppm", "-gray", "-r", "50", "-singlefile", str(path)], check=True, capture_output=True).stdout
