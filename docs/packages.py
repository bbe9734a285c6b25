"""Whose work do we stand on? Reads both locks: writes docs/licences.md (`make licences`) and a CycloneDX list of what runs (`make sbom`).

Names, versions and hashes come from the lock, licences from the metadata of the installed packages. A script of ours, because a
maintained one would add 33 packages to the lock in order to list 50; see docs/decisions/0019.
"""

import json
import re
import sys
import urllib.request
import uuid
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = {"what runs": ROOT / "requirements.txt", "tests and checks only": ROOT / "requirements-dev.txt"}
LICENCES = ROOT / "docs/licences.md"
SBOM = ROOT / ".data/sbom.cdx.json"
ALLOWED = {
    "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
    "PSF-2.0", "Unlicense",
}  # fmt: skip
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "The Unlicense (Unlicense)": "Unlicense",
}
# Read by a person where the metadata says nothing, says it twice, or the package is for another platform than this one.
READ = {
    "axe-playwright-python": "MIT",
    "colorama": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}


@dataclass
class Package:
    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)
    needed_by: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def licence(self) -> str:
        """An SPDX expression; empty where nobody knows."""
        return READ.get(self.name) or _licence_said(self.name)


def _licence_said(name: str) -> str:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := said.get("License-Expression") or (said["License"] if said.get("License") in ALLOWED else ""):
        return expression
    lines = [line for line in said.get_all("Classifier") or [] if line.startswith("License")]
    named = {CLASSIFIERS.get(line.rpartition(" :: ")[2]) for line in lines} - {None}
    return named.pop() if len(named) == 1 else ""


def parts(expression: str) -> set[str]:
    """The licences that an expression joins."""
    return set(re.split(r" (?:AND|OR) ", expression.replace("(", "").replace(")", "")))


def read_lock(path: Path) -> list[Package]:
    """Every package of a lock, in its order. Raises ValueError for a line that is no package pinned by `==`."""
    found, via = [], False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            found[-1].hashes.append(line.removeprefix("    --hash=sha256:").rstrip("\\ "))
        elif line.startswith("    # via"):
            via = True
            found[-1].needed_by += [line.removeprefix("    # via").strip()] if line.removeprefix("    # via").strip() else []
        elif via and line.startswith("    #   "):
            found[-1].needed_by.append(line.removeprefix("    #   "))
        elif line and not line.startswith("#"):
            via = False
            pinned = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)(?: ; (.+?))? \\", line)
            if not pinned:
                raise ValueError(f"{path.name}: {line}")
            found.append(Package(pinned[1], pinned[2], pinned[3] or ""))
    return found


def licences() -> str:
    """The page: one table per lock."""
    lines = [
        "# Licences of the packages we use", "",
        "Written by `make licences` from both locks and the metadata of the packages; a test compares. Allowed are: "
        + ", ".join(sorted(ALLOWED)) + ". All of them let us run, change and pass on what we build; those that ask for the source of "
        "changes (LGPL, MPL) ask it for changes of the package itself, and we change none.", "",
    ]
    known: set[str] = set()
    for title, path in LOCKS.items():
        packages = [package for package in read_lock(path) if package.name not in known]
        known |= {package.name for package in packages}
        lines += [f"## {title[0].upper()}{title[1:]} ({path.name})", "", "| package | version | licence |", "|---|---|---|"]
        lines += [f"| {one.name} | {one.version} | {one.licence} |" for one in packages] + [""]
    return "\n".join(lines)


def sbom() -> dict:
    """CycloneDX 1.6: every package that runs, with licence, hashes that the lock accepts, and who needs it. Same lock, same file."""
    packages = read_lock(LOCKS["what runs"])
    needs: dict[str, list[str]] = {"score-web": []} | {package.name: [] for package in packages}
    for package in packages:
        for other in package.needed_by:
            needs["score-web" if other.startswith("-") else other].append(package.purl)
    refs = {"score-web": "score-web"} | {package.name: package.purl for package in packages}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, LOCKS['what runs'].read_text('utf-8'))}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "score-web", "bom-ref": "score-web"}},
        "components": [_component(package) for package in packages],
        "dependencies": [{"ref": refs[name], "dependsOn": sorted(others)} for name, others in needs.items()],
    }


def _component(package: Package) -> dict:
    files = {
        "type": "distribution",
        "url": f"https://pypi.org/project/{package.name}/{package.version}/#files",
        "hashes": [{"alg": "SHA-256", "content": one} for one in package.hashes],
    }
    return {
        "type": "library", "bom-ref": package.purl, "name": package.name, "version": package.version, "purl": package.purl,
        "scope": "required", "licenses": [{"expression": package.licence}], "externalReferences": [files],
    }


def is_online() -> bool:
    """pip-audit asks PyPI for what is known to be vulnerable."""
    try:
        with urllib.request.urlopen("https://pypi.org/pypi/flask/json", timeout=10):
            return True
    except OSError:
        return False


def main(wanted: str) -> int:
    if wanted == "licences":
        LICENCES.write_text(licences(), "utf-8")
        print(f"written: {LICENCES.relative_to(ROOT)}")
    elif wanted == "sbom":
        SBOM.parent.mkdir(exist_ok=True)
        SBOM.write_text(json.dumps(sbom(), indent=1) + "\n", "utf-8")
        print(f"written: {SBOM.relative_to(ROOT)}, {len(sbom()['components'])} packages")
    elif wanted == "online" and not is_online():
        print("pip-audit asks https://pypi.org, which cannot be reached from here. Nothing was checked: run this where there is internet.")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
