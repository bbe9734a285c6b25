"""How do a page and its layout become one template? What the page says stands in the layout, before either is folded.

Jinja goes from one template to another for each page and block, and each runs what it imports. In one piece, texts of the layout and of
the page grow together, the page's own constants decide conditions of the layout, and imports that nothing needs any more fall away.
"""

from collections.abc import Callable

from jinja2 import nodes

SHOWN = (nodes.Output, nodes.Block, nodes.Extends)
BRANCHES = (nodes.If, nodes.For, nodes.With)


def in_one_piece(page: nodes.Template, name: str | None, parsed: Callable[[str], nodes.Template]) -> nodes.Template:
    """A page with its layout around it, and the layout of that; `parsed` fetches one. Everything else stays as it is, so a layout
    (its name begins with an underscore) for pages that ask back for what it says."""
    tree, first, said = page, [], {}
    while (layout := _layout_of(tree)) and not _looks_back(tree) and not (name or "").rpartition("/")[2].startswith("_"):
        first += _unsaid(tree.body)
        said = {block.name: block for block in tree.find_all(nodes.Block)} | said
        tree = parsed(layout)
    if tree is page or _layout_of(tree):
        return page
    return nodes.Template([*first, *_filled(tree.body, said)], lineno=1, environment=page.environment)


def _layout_of(tree: nodes.Template) -> str | None:
    names = [node.template for node in tree.body if isinstance(node, nodes.Extends)]
    return names[0].value if names and isinstance(names[0], nodes.Const) else None


def _looks_back(page: nodes.Template) -> bool:
    """It asks for what the layout says in a block, or for a block by its name: then both must stay."""
    return any(name.name in ("super", "self") for name in page.find_all(nodes.Name))


def _unsaid(body: list[nodes.Node]) -> list[nodes.Node]:
    """What a page does outside of its blocks: it may give names there; what it writes there nobody sees."""
    return [_with_lists(node, _unsaid) if isinstance(node, BRANCHES) else node for node in body if not isinstance(node, SHOWN)]


def _filled(body: list[nodes.Node], said: dict[str, nodes.Block]) -> list[nodes.Node]:
    """A block is a scope of its own, as it was: what it sets ends with it."""
    made = []
    for node in body:
        if isinstance(node, nodes.Block):
            node = nodes.Scope(said.get(node.name, node).body)
        elif isinstance(node, nodes.Stmt) and node.find(nodes.Block):
            node = _with_lists(node, lambda inner: _filled(inner, said))
        made.append(node)
    return made


def _with_lists(node: nodes.Node, change: Callable[[list], list]) -> nodes.Node:
    """A copy with its bodies changed: templates that others read are never touched."""
    values = (getattr(node, name) for name in node.fields)
    changed = [change(value) if isinstance(value, list) else value for value in values]
    return type(node)(*changed, lineno=node.lineno, environment=node.environment)
