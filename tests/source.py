"""The application's source as data: files, layers, imports. What the guard tests read."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "score_web"
# Left may be imported by right, never the reverse.
ORDER = [
    "config", "transactions", "extensions", "core", "reference", "permissions", "access", "accounts", "pages", "enrolment", "assessment",
    "pulse", "improvement", "trainers", "booking", "rounds", "certificates", "monitoring", "privacy", "log", "dashboard",
    "demo", "models", "create_app",
]
FEATURES = [name for name in ORDER if (PACKAGE / name).is_dir() and name not in ("core", "reference")]
# Higher may import lower, never the reverse. A file of any other name is an idea: rank 0, pure.
RANKS = {"models": 1, "queries": 2, "services": 3, "emails": 3, "forms": 4, "exports": 4, "views": 5, "cli": 5}
PURE_CORE = ["clock", "errors", "intervals", "waiting", "words", "workflow"]


@cache
def python_files() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(path: Path) -> str:
    """score_web/booking/views/ask.py → score_web.booking.views.ask"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place(module: str) -> tuple[str, str]:
    """(where it stands in ORDER, its file name there): score_web.booking.views.ask → ("booking", "views")."""
    parts = module.split(".")[1:]
    return (parts[0] if parts else "create_app"), (parts[1] if len(parts) > 1 else "")


def rank(file: str) -> int:
    return RANKS.get(file, 0)


def is_idea(path: Path) -> bool:
    where, file = place(name_of(path))
    return where == "permissions" or (where == "core" and file in PURE_CORE) or where == "reference" or (
        where in FEATURES and bool(file) and file not in RANKS)


def imports(path: Path) -> set[str]:
    """Full names of imported modules, also inside functions; `from package import name` counts as package.name."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            is_package = node.module == "score_web" or (PACKAGE.parent / node.module.replace(".", "/")).is_dir()
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if is_package else {node.module}
    return found


def functions(path: Path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def calls(path: Path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
