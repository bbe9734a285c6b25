"""Does the house still stand as DESIGN drew it? Imports go down the layers and left along the features; each idea once."""

import ast

import pytest

from tests.source import (
    FEATURES,
    ORDER,
    PACKAGE,
    ROOT,
    calls,
    functions,
    imports,
    is_idea,
    name_of,
    place,
    python_files,
    rank,
    tree,
)

FILES = python_files()
MAY_COMMIT = {"access.py", "core/chain.py", "core/jobs.py", "core/mail.py", "core/rollups.py"}  # per batch, job or message
HOW_TO_COMMIT = {"extensions.py", "transactions.py"}  # what the one commit of a request does
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "misc"}


def short(path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def ours(path):
    return [module for module in imports(path) if module.startswith("score_web")]


def test_every_folder_has_its_place_in_the_order():
    there = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()} | {p.stem for p in PACKAGE.glob("*.py")}
    assert there - set(ORDER) == {"__init__"}


@pytest.mark.parametrize("path", FILES, ids=short)
def test_imports_point_left_and_down(path):
    where, file = place(name_of(path))
    if where in ("create_app", "models"):
        return
    for module in ours(path):
        target, target_file = place(module)
        assert ORDER.index(target) <= ORDER.index(where), f"{short(path)} imports {module}, which stands to its right"
        if target == where and where in FEATURES and file and target_file:
            assert rank(target_file) <= rank(file), f"{short(path)} imports {module}, a higher layer"
        elif target in FEATURES and target != where and where != "demo":
            assert target_file not in ("views", "forms", "cli"), f"{short(path)} imports the {target_file} of {target}"
            assert rank(target_file) <= max(rank(file), 0), f"{short(path)} imports {module}, a higher layer than its own"


@pytest.mark.parametrize("path", [p for p in FILES if is_idea(p)], ids=short)
def test_ideas_are_pure(path):
    for module in imports(path):
        assert module.split(".")[0] not in {"flask", "sqlalchemy", "wtforms", "flask_login", "flask_babel"}, f"{short(path)}: {module}"
        if module.startswith("score_web."):
            known = PACKAGE.parent / (module.replace(".", "/") + ".py")
            target = known if known.exists() else PACKAGE.parent / module.rpartition(".")[0].replace(".", "/") / "__init__.py"
            assert is_idea(target) or target.name == "__init__.py", f"{short(path)} is an idea and imports {module}"


@pytest.mark.parametrize("path", FILES, ids=short)
def test_only_edges_know_http(path):
    where, file = place(name_of(path))
    if where in FEATURES and file in ("models", "queries", "services", "emails"):
        names = {a.name for n in ast.walk(tree(path)) if isinstance(n, ast.ImportFrom) and n.module == "flask" for a in n.names}
        assert names <= {"current_app"}, f"{short(path)}: {names}"
    if "flask_login" in {m.split(".")[0] for m in imports(path)}:
        assert where in ("access", "accounts", "extensions"), short(path)


@pytest.mark.parametrize("path", FILES, ids=short)
def test_one_commit(path):
    commits = [c for c in calls(path) if isinstance(c.func, ast.Attribute) and c.func.attr == "commit"]
    if short(path) not in MAY_COMMIT | HOW_TO_COMMIT and path.name != "cli.py":
        assert not commits, f"{short(path)}:{commits[0].lineno} commits; only access.py does"
    if short(path) == "access.py":
        assert len(commits) == 1


@pytest.mark.parametrize("path", FILES, ids=short)
def test_one_clock(path):
    if short(path) == "core/clock.py":
        return
    for call in calls(path):
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            spelled = f"{call.func.value.id}.{call.func.attr}"
            assert spelled not in {"datetime.now", "datetime.utcnow", "date.today", "time.time"}, f"{short(path)}:{call.lineno} {spelled}"


@pytest.mark.parametrize("path", FILES, ids=short)
def test_states_change_in_one_function(path):
    if short(path) in ("core/audit.py", "demo/services.py"):
        return
    for node in ast.walk(tree(path)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        assert not any(isinstance(t, ast.Attribute) and t.attr == "state" for t in targets), f"{short(path)}:{node.lineno} sets a state"


@pytest.mark.parametrize("path", FILES, ids=short)
def test_files_and_functions_are_small(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 300, f"{short(path)}: {lines} lines"
    is_view = place(name_of(path))[1] == "views"
    for function in functions(path):
        limit = 20 if is_view and any("route" in d or "post" in d or "get" in d for d in map(ast.unparse, function.decorator_list)) else 40
        length = function.end_lineno - function.lineno + 1
        assert length <= limit, f"{short(path)}: {function.name} has {length} lines, at most {limit}"


@pytest.mark.parametrize("path", FILES, ids=short)
def test_every_module_says_what_it_answers(path):
    assert ast.get_docstring(tree(path)), f"{short(path)} has no docstring"
    assert path.stem not in BANNED_NAMES
    assert path.parent.name not in BANNED_NAMES
    assert path.name == "__init__.py" or len(tree(path).body) > 1, f"{short(path)} is empty"


@pytest.mark.parametrize("path", [p for p in FILES if place(name_of(p))[1] == "views"], ids=short)
def test_views_have_no_try(path):
    assert not [n for n in ast.walk(tree(path)) if isinstance(n, ast.Try)], f"{short(path)} tries something: raise Refused instead"


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_introduces_itself(feature):
    body = tree(PACKAGE / feature / "__init__.py").body
    assert len(body) == 1
    assert ast.get_docstring(tree(PACKAGE / feature / "__init__.py"))
    assert len(list((PACKAGE / feature).glob("*.py"))) <= 16, f"{feature} is two features by now"


def test_templates_and_tests_are_small():
    long = [f"{p.relative_to(ROOT)}" for folder, pattern, limit in (("templates", "*.*", 150), ("tests", "*.py", 500))
            for p in (ROOT / folder).rglob(pattern) if len(p.read_text("utf-8").splitlines()) > limit]
    assert long == []


def test_nothing_inline_in_templates():
    """The content security policy forbids it; a browser would silently drop it."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        assert "|safe" not in text, path
