"""Is every package pinned with its hashes and under a licence we may use, and do the lists that we hand out say so?"""

import json
import re
import subprocess
import sys

import pytest

from docs import packages
from docs.packages import ALLOWED, LOCKS, read_lock
from tests.source import ROOT


@pytest.mark.parametrize("path", LOCKS.values(), ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(path):
    found = read_lock(path)
    assert len(found) > 20
    assert [one.name for one in found if not one.hashes or not all(re.fullmatch("[0-9a-f]{64}", h) for h in one.hashes)] == []


@pytest.mark.parametrize("line", ["flask>=3 \\", "flask \\", "git+https://example.com/flask.git", "-e ."])
def test_what_is_not_pinned_is_noticed(tmp_path, line):
    (tmp_path / "lock.txt").write_text(f"{line}\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ValueError):
        read_lock(tmp_path / "lock.txt")


@pytest.mark.parametrize("path", LOCKS.values(), ids=lambda path: path.name)
def test_what_we_ask_for_is_in_the_lock_as_asked(path):
    found = {one.name: one for one in read_lock(path)}
    asked = re.findall(r"^([A-Za-z][\w.-]*)(?:\[[\w,]+\])?(?:==(\S+))?$", path.with_suffix(".in").read_text("utf-8"), re.MULTILINE)
    assert len(asked) > 5
    for name, version in asked:
        one = found[re.sub("[-_.]+", "-", name.lower())]
        assert version in ("", one.version), f"{name}: run make lock"
        assert any(other.startswith("-r requirements") for other in one.needed_by), name


def test_both_locks_agree():
    run, dev = ({one.name: one.version for one in read_lock(path)} for path in LOCKS.values())
    assert {name: version for name, version in dev.items() if run.get(name, version) != version} == {}


def test_every_licence_is_known_and_allowed():
    found = {one.name: one.licence for path in LOCKS.values() for one in read_lock(path)}
    assert {name: licence for name, licence in found.items() if not packages.parts(licence) <= ALLOWED} == {}
    assert set(packages.READ) <= set(found), "read for a package that is no longer there"


def test_the_page_of_licences_is_as_the_locks_say():
    assert packages.LICENCES.read_text("utf-8") == packages.licences(), "run make licences"


def test_the_list_of_what_runs_has_every_package_with_licence_hashes_and_who_needs_it():
    bom, lock = packages.sbom(), read_lock(LOCKS["what runs"])
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert [one["purl"] for one in bom["components"]] == [one.purl for one in lock]
    flask = next(one for one in bom["components"] if one["name"] == "flask")
    assert flask["licenses"] == [{"expression": "BSD-3-Clause"}] and flask["externalReferences"][0]["hashes"]
    needs = {one["ref"]: one["dependsOn"] for one in bom["dependencies"]}
    werkzeug = next(one.purl for one in lock if one.name == "werkzeug")
    assert werkzeug in needs[flask["purl"]] and flask["purl"] in needs["score-web"]
    assert set(needs) - {"score-web"} == {one.purl for one in lock} == {ref for refs in needs.values() for ref in refs}
    assert json.dumps(bom) == json.dumps(packages.sbom()), "the same lock, the same file"


def test_without_internet_nothing_pretends_to_have_been_checked():
    """Proxies that lead nowhere stand for a machine without internet."""
    nowhere = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "docs.packages", "online"]
    told = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False)
    assert (told.returncode, "Nothing was checked" in told.stdout) == (2, True), told
