"""Does the README tell the truth? Its commands exist, its table names every feature, its links lead somewhere."""

import re

from score_web import models  # noqa: F401 - all tables
from score_web.extensions import Base
from tests.source import FEATURES, ROOT

README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


def test_readme_is_short():
    assert len(README.splitlines()) <= 120


def test_commands_exist():
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
    assert {"run", "test", "help", "check", "bench", "messages", "screenshots", "demo-reset", "backup", "restore", "lock"} <= targets
    for page in PAGES:
        named = set(re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z-]+)", page.read_text("utf-8")))
        assert named <= targets, f"{page.name}: {named - targets}"


def test_find_a_thing_names_every_feature():
    assert [feature for feature in FEATURES if f"`score_web/{feature}/`" not in README] == []


def test_architecture_names_every_feature():
    order = (ROOT / "docs/architecture.md").read_text("utf-8")
    assert [feature for feature in FEATURES if f"◄ {feature}" not in order] == []


def test_links_and_paths_lead_somewhere():
    for page in PAGES:
        text = page.read_text("utf-8")
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
        for path in re.findall(r"`((?:score_web|templates|tests|docs|translations|migrations)/[\w./-]+)`", text):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_ci_runs_the_same_commands():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert "make test" in script.read_text("utf-8")


def test_pictures_are_light():
    pictures = list((ROOT / "docs/images").glob("*.png"))
    assert len(pictures) == 4
    assert all(picture.stat().st_size <= 300 * 1024 for picture in pictures)


def test_every_table_has_its_place_in_the_plan_for_many_machines():
    """docs/scaling.md says of each by what it would be divided; a new one has to be thought about too."""
    plan = (ROOT / "docs/scaling.md").read_text("utf-8").partition("### The key to divide by")[2]
    assert set(Base.metadata.tables) - set(re.findall(r"`(\w+)`", plan)) == set()
