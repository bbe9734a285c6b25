"""What does a template say that is known before any request? Constants, texts, and what follows from them.

Each expression is worked out as far as it can be. Values never become template syntax: they enter the tree of the template as
constants, which the compiler escapes. `folding` does the same for whole templates.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from jinja2 import Environment, nodes
from jinja2.compiler import has_safe_repr
from markupsafe import Markup

from score_web.core.words import Text

LONGEST_LOOP = 30
AT_ONCE = ("say", "url_for", "fill")  # functions that stand among the filters too
OF_MACROS = ("caller", "varargs", "kwargs")
ONE_VALUE = (str, int, float, bool, type(None), Markup)
WORKED_OUT = (
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.BinExpr, nodes.UnaryExpr, nodes.Concat,
    nodes.Tuple, nodes.List, nodes.Dict, nodes.MarkSafe,
)  # fmt: skip


class Stays(Exception):
    """This macro cannot be put in here; its call stays."""


@dataclass
class Module:
    """A template as it was written: its macros, its imports, and the constants it sets. `own` are names it gives to anything else."""

    name: str
    tree: nodes.Template
    parent: "Module | None" = None
    macros: dict[str, nodes.Macro] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    constants: dict[str, nodes.Const] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def imported(self, alias: str) -> str | None:
        """The template behind a name; pages see the imports of their layout too."""
        return self.imports.get(alias) or (self.parent.imported(alias) if self.parent else None)


@dataclass(frozen=True)
class Scope:
    """Where a piece of template stands: `names` says what stands for its own names; `around` are names of those who put it in."""

    module: Module
    names: dict[str, nodes.Expr] = field(default_factory=dict)
    inside: bool = False
    straight: bool = True
    around: frozenset[str] = frozenset()
    caller: tuple | None = None
    depth: int = 0


def constant(value, source: nodes.Expr | None = None) -> nodes.Const:
    """A value known while compiling; `source` is how the page gets at it when it is no plain text or number."""
    made = nodes.Const(value)
    made.source = source
    return made


def stored(tree: Iterable[nodes.Node]) -> list[str]:
    """The names that a piece of template gives, once for each time."""
    return [name.name for node in tree for name in found(node, nodes.Name) if name.ctx in ("store", "param")]


def found(node: nodes.Node, kind) -> list:
    """The node itself and what is in it, of this kind."""
    return [*([node] if isinstance(node, kind) else []), *node.find_all(kind)]


def _mapped(node: nodes.Node, change) -> nodes.Node:
    """A copy with each child changed: templates that others read are never touched."""
    values = []
    for name in node.fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            value = [change(one) if isinstance(one, nodes.Node) else one for one in value]
        values.append(change(value) if isinstance(value, nodes.Node) else value)
    return type(node)(*values, lineno=node.lineno, environment=node.environment)


def settled(node: nodes.Expr) -> nodes.Expr:
    """What the compiler can write down: values that are no plain text or number are fetched by the page, as it was written."""
    if not isinstance(node, nodes.Const):
        return _mapped(node, settled)
    if type(node.value) in ONE_VALUE:
        return node
    if getattr(node, "source", None) is not None:
        return node.source
    if isinstance(node.value, dict) and has_safe_repr(node.value):  # a table inside a macro: written down where it is looked up
        return node
    raise Stays


def _at_once(node: nodes.Expr) -> nodes.Expr:
    """A function that asks nothing of the page is called as a filter is: without the detour by which a page calls what it was given."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in AT_ONCE and node.args:
        return nodes.Filter(node.args[0], node.node.name, node.args[1:], node.kwargs, node.dyn_args, node.dyn_kwargs)
    return node


class Knowing:
    """Works out the expressions of one language. `known` are names with the same value on every page."""

    def __init__(self, env: Environment, language: str, gettext, fill):
        self.env, self.language, self.gettext, self.fill = env, language, gettext, fill
        self.known = {"lang": language}
        self.lasting: dict[str, Callable] = {}  # functions of templates that always say the same of the same
        self.modules: dict[str, Module] = {}
        self.one_at_a_time = Lock()

    def _module(self, name: str | None, tree: nodes.Template | None = None) -> Module:
        if name in self.modules:
            return self.modules[name]
        if tree is None:
            tree = self.env.parsed(name)
        layouts = [node.template.value for node in tree.body if isinstance(node, nodes.Extends) and isinstance(node.template, nodes.Const)]
        module = Module(name or "", tree, self._module(layouts[0]) if layouts else None)
        given = stored(tree.body)
        for node in tree.body:
            if isinstance(node, nodes.Macro):
                module.macros[node.name] = node
            elif isinstance(node, nodes.Import) and isinstance(node.template, nodes.Const):
                module.imports[node.target] = node.template.value
            elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name) and given.count(node.target.name) == 1:
                self._keep_constant(module, node)
        module.own = frozenset(given) - set(module.constants)
        if name:
            self.modules[name] = module
        return module

    def _keep_constant(self, module: Module, node: nodes.Assign) -> None:
        """An empty list or dictionary is there to be filled: it is no constant."""
        try:
            value = node.node.as_const(nodes.EvalContext(self.env, module.name))
        except (nodes.Impossible, RuntimeError):
            return
        if value not in ([], {}):
            module.constants[node.target.name] = constant(value)

    def expr(self, node: nodes.Expr, scope: Scope) -> nodes.Expr:
        """The same expression with everything worked out that is known."""
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.CondExpr | nodes.And | nodes.Or):
            return self._choice(node, scope)
        node = _mapped(node, lambda child: self.expr(child, scope))
        if isinstance(node, nodes.Call):
            return self._call(node)
        return self._worked_out(node) if isinstance(node, WORKED_OUT) else node

    def _name(self, node: nodes.Name, scope: Scope) -> nodes.Expr:
        name, module = node.name, scope.module
        if name in scope.names:
            return scope.names[name]
        if name in module.constants:
            return constant(module.constants[name].value, None if scope.inside else node)
        if name in self.values and name not in module.own and name not in scope.around:
            return constant(self.values[name], node)
        if scope.inside and (name in scope.around or name in OF_MACROS or name in module.macros or module.imported(name)):
            raise Stays
        return node

    def _choice(self, node: nodes.Expr, scope: Scope) -> nodes.Expr:
        """`a if test else b`, `and`, `or`: only the side that counts."""
        test, *sides = (node.test, node.expr1, node.expr2) if isinstance(node, nodes.CondExpr) else (node.left, node.right)
        decided = self.expr(test, scope)
        if not isinstance(decided, nodes.Const):
            made = [None if side is None else self.expr(side, scope) for side in sides]
            order = (decided, *made)
            return type(node)(*order, lineno=node.lineno, environment=node.environment)
        if isinstance(node, nodes.CondExpr):
            taken = sides[0] if decided.value else sides[1]
            return constant("") if taken is None else self.expr(taken, scope)
        return self.expr(sides[0], scope) if bool(decided.value) is isinstance(node, nodes.And) else decided

    def _worked_out(self, node: nodes.Expr) -> nodes.Expr:
        try:
            value = node.as_const(self.context)
        except Exception:  # whatever it is, it happens on the page as well
            return node
        if isinstance(value, self.env.undefined):
            return node
        if type(value) in ONE_VALUE:
            return constant(value)
        try:
            return constant(value, settled(node))
        except Stays:
            return constant(value)

    def _call(self, node: nodes.Call) -> nodes.Expr:
        known = all(isinstance(one, nodes.Const) for one in [*node.args, *(pair.value for pair in node.kwargs)])
        values = [one.value for one in node.args] if known else []
        if not known or node.dyn_args or node.dyn_kwargs:
            return _at_once(self._filled(node))
        if isinstance(node.node, nodes.Name):
            return self._called(node, node.node.name, values, {pair.key: pair.value.value for pair in node.kwargs})
        if isinstance(node.node, nodes.Const) and isinstance(getattr(node.node.value, "__self__", None), dict):
            return constant(node.node.value(*values))  # {…}.get(…)
        return node

    def _called(self, node: nodes.Call, name: str, values: list, named: dict) -> nodes.Expr:
        """Functions that say the same whenever they are asked."""
        if name in self.lasting and not any(key.startswith("_") for key in named):  # url_for(…, _anchor=…) wants more of it
            return constant(self.lasting[name](*values, **named))
        if name == "_":
            return self._filled(node)
        if name == "say" and len(values) == 1 and isinstance(values[0], Text | str):
            return constant(values[0][self.language] if isinstance(values[0], Text) else self.gettext(values[0]))
        if name == "range" and values and len(range(*values)) <= LONGEST_LOOP:
            return constant(list(range(*values)), settled(node))
        return node

    def _filled(self, node: nodes.Call) -> nodes.Expr:
        """`_('text')` is the translation; with values, a call that puts them into it."""
        asks = isinstance(node.node, nodes.Name) and node.node.name == "_" and len(node.args) == 1
        if not asks or not isinstance(node.args[0], nodes.Const):
            return node
        text = self.gettext(node.args[0].value)
        if not node.kwargs:
            return constant(Markup(text))
        if all(isinstance(pair.value, nodes.Const) for pair in node.kwargs):
            return constant(self.fill(self.context, text, **{pair.key: pair.value.value for pair in node.kwargs}))
        return nodes.Call(nodes.Name("fill", "load"), [nodes.Const(text)], node.kwargs, None, None)
