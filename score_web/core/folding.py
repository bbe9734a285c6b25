"""How is a template made shorter before it is compiled? What is known by then is worked out once, not again on every request.

Texts are translated, macros are put in where they are called, loops over what is known are written out, and conditions on it are
decided. What a macro or a loop cannot have worked out stays as it was written: the page is the same, only sooner. See
docs/decisions/0023.
"""

import re
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

from jinja2 import nodes
from jinja2.exceptions import TemplateNotFound

from score_web.core.known import LONGEST_LOOP, Knowing, Module, Scope, Stays, constant, found, settled, stored
from score_web.core.layouts import in_one_piece

DEEPEST = 12
PLACE = re.compile(r"%\((\w+)\)s")
PLACES = ("first", "last", "index", "index0", "length")  # what a loop that is written out knows of itself
numbers = count(1)


def _is_call_of(node: nodes.Expr, name: str) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == name


class Folder(Knowing):
    """Folds the templates of one language."""

    def fold(self, tree: nodes.Template, name: str | None, known: dict | None = None) -> nodes.Template:
        with self.one_at_a_time:
            self.context = nodes.EvalContext(self.env, name)
            self.values = self.known | (known or {})
            whole = in_one_piece(tree, name, self.env.parsed)
            module = self._module(name, whole)
            body = self.body(whole.body, Scope(module))
        # Nobody imports a page, nor what is folded for values: what it no longer uses can go.
        if (whole is not tree or known) and not any(node.find(nodes.Include) for node in body):
            used = {one.name for node in body for one in found(node, nodes.Name) if one.ctx == "load"}
            body = [node for node in body if not (isinstance(node, nodes.Import) and node.target not in used)
                    and not (isinstance(node, nodes.Macro) and node.name not in used)]
        return nodes.Template(body, lineno=1, environment=self.env)

    def body(self, written: list[nodes.Node], scope: Scope) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        for node in written:
            handle = getattr(self, f"_{type(node).__name__.lower()}", self._other)
            for one in handle(node, scope):
                if isinstance(one, nodes.Output) and made and isinstance(made[-1], nodes.Output):
                    made[-1] = nodes.Output([*made[-1].nodes, *one.nodes])
                else:
                    made.append(one)
        return made

    def final(self, node: nodes.Expr, scope: Scope) -> nodes.Expr:
        return settled(self.expr(node, scope))

    def _other(self, node: nodes.Node, scope: Scope) -> list[nodes.Node]:
        """Everything else keeps its form; what is inside is folded. A scope of its own would need names of its own."""
        if scope.inside and isinstance(node, nodes.With | nodes.Block | nodes.Macro | nodes.Import | nodes.FromImport):
            raise Stays
        hidden = set(stored([node])) if isinstance(node, nodes.With | nodes.Macro) else set()
        inner = replace(scope, names={name: one for name, one in scope.names.items() if name not in hidden}, straight=False)
        values = []
        for name in node.fields:
            value = getattr(node, name, None)
            if isinstance(value, list) and value and isinstance(value[0], nodes.Stmt):
                value = self.body(value, inner)
            elif isinstance(value, list):
                value = [self._part(one, inner) for one in value]
            values.append(self._part(value, inner))
        return [type(node)(*values, lineno=node.lineno, environment=node.environment)]

    def _part(self, value, scope: Scope):
        return self.final(value, scope) if isinstance(value, nodes.Expr) and getattr(value, "ctx", "load") == "load" else value

    def _output(self, node: nodes.Output, scope: Scope) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                made.append(nodes.Output([child]))
            else:
                made += self._shown(child, scope)
        return made

    def _shown(self, child: nodes.Expr, scope: Scope) -> list[nodes.Node]:
        if _is_call_of(child, "_") and scope.module.name.endswith(".html"):
            return self._sentence(child, scope)
        if isinstance(child, nodes.CondExpr):
            sides = [[nodes.Output([side])] if side else [] for side in (child.expr1, child.expr2)]
            return self._if(nodes.If(child.test, sides[0], [], sides[1]), scope)
        if isinstance(child, nodes.Call):
            if _is_call_of(child, "caller") and scope.caller and "caller" not in scope.names:
                return self.body(*scope.caller)
            if (put_in := self._put_in(child, scope)) is not None:
                return put_in
        return [nodes.Output([self.final(child, scope)])]

    def _sentence(self, child: nodes.Call, scope: Scope) -> list[nodes.Node]:
        """A text with values is its words, value by value; each is escaped where it stands."""
        parts = PLACE.split(self.gettext(child.args[0].value)) if isinstance(child.args[0], nodes.Const) else []
        given = {pair.key: pair.value for pair in child.kwargs}
        odd = any("%" in words.replace("%%", "") for words in parts[::2])
        if odd or not given or len(child.args) != 1 or not set(parts[1::2]) <= set(given) or child.dyn_args or child.dyn_kwargs:
            return [nodes.Output([self.final(child, scope)])]
        made = [nodes.Output([nodes.TemplateData(parts[0].replace("%%", "%"))])]
        for name, words in zip(parts[1::2], parts[2::2], strict=True):
            made += [*self._shown(given[name], scope), nodes.Output([nodes.TemplateData(words.replace("%%", "%"))])]
        return made

    def _callblock(self, node: nodes.CallBlock, scope: Scope) -> list[nodes.Node]:
        put_in = None if node.args else self._put_in(node.call, scope, caller=(node.body, scope))
        return self._other(node, scope) if put_in is None else put_in

    def _if(self, node: nodes.If, scope: Scope) -> list[nodes.Node]:
        inner, kept = replace(scope, straight=False), []
        for branch in (node, *node.elif_):
            test = self.expr(branch.test, scope)
            if isinstance(test, nodes.Const) and not test.value:
                continue
            decided = isinstance(test, nodes.Const)
            body = self.body(branch.body, scope if decided and not kept else inner)
            if decided:
                return self._ifs(kept, body)
            kept.append((settled(test), body))
        return self._ifs(kept, self.body(node.else_, inner if kept else scope))

    def _ifs(self, kept: list, otherwise: list[nodes.Node]) -> list[nodes.Node]:
        if not kept:
            return otherwise
        (test, body), *rest = kept
        return [nodes.If(test, body, [nodes.If(t, b, [], []) for t, b in rest], otherwise)]

    def _assign(self, node: nodes.Assign, scope: Scope) -> list[nodes.Node]:
        """A name given once stands for its value where that is plain; a list may be added to later, so it stays one."""
        value, target = self.expr(node.node, scope), node.target
        plain = isinstance(value, nodes.Const) and not isinstance(value.value, list | dict)
        if plain and scope.straight and isinstance(target, nodes.Name) and getattr(scope.names.get(target.name), "once", False):
            scope.names[target.name] = value
            return []
        return [nodes.Assign(self._renamed(target, scope), settled(value))]

    def _assignblock(self, node: nodes.AssignBlock, scope: Scope) -> list[nodes.Node]:
        inside = self.body(node.body, replace(scope, straight=False))
        return [nodes.AssignBlock(self._renamed(node.target, scope), self._part(node.filter, scope), inside)]

    def _renamed(self, target: nodes.Expr, scope: Scope) -> nodes.Expr:
        """Where a value goes, under the name that stands for it here."""
        if isinstance(target, nodes.Tuple):
            return nodes.Tuple([self._renamed(one, scope) for one in target.items], "store")
        new = scope.names.get(target.name)
        if new is None:
            return target
        if not isinstance(new, nodes.Name):
            raise Stays
        return nodes.NSRef(new.name, target.attr) if isinstance(target, nodes.NSRef) else nodes.Name(new.name, "store")

    def _include(self, node: nodes.Include, scope: Scope) -> list[nodes.Node]:
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        try:
            there = self._module(name) if name and not scope.inside and name.endswith(".html") else None
        except TemplateNotFound:
            there = None
        if there is None or there.own or there.imports or there.constants or there.tree.find(nodes.Block):
            return self._other(node, scope)
        return self.body(there.tree.body, scope)

    def _for(self, node: nodes.For, scope: Scope) -> list[nodes.Node]:
        iter_ = self.expr(node.iter, scope)
        if isinstance(iter_, nodes.Const) and isinstance(iter_.value, list | tuple | range) and len(iter_.value) <= LONGEST_LOOP:
            try:
                return self._written_out(node, iter_, scope)
            except Stays:
                if scope.inside:
                    raise
        hidden = {"loop", *stored([node.target])}
        names = {name: one for name, one in scope.names.items() if name not in hidden}
        if scope.inside:
            names |= {name: nodes.Name(f"{name}_{next(numbers)}", "load") for name in stored([node.target])}
        inner = replace(scope, names=names, straight=False)
        test = self.final(node.test, inner) if node.test else None
        return [nodes.For(self._renamed(node.target, inner), settled(iter_), self.body(node.body, inner),
                          self.body(node.else_, replace(scope, straight=False)), test, node.recursive)]

    def _written_out(self, node: nodes.For, iter_: nodes.Const, scope: Scope) -> list[nodes.Node]:
        """The body once for each value. A loop that asks for more of itself than its place stays a loop."""
        loops = [one for one in node.find_all(nodes.Getattr) if isinstance(one.node, nodes.Name) and one.node.name == "loop"]
        asked = sum(name.name == "loop" for name in node.find_all(nodes.Name))
        if node.recursive or len(loops) != asked or any(one.attr not in PLACES for one in loops):
            raise Stays
        items = list(enumerate(iter_.value))
        if node.test:
            items = [(at, item) for at, item in items if self._passes(node, iter_, at, item, scope)]
        made = []
        for place, (at, item) in enumerate(items):
            names = scope.names | self._fresh(node.body) | self._given(node.target, item, iter_, at)
            last = place + 1 == len(items)
            names["loop"] = constant(SimpleNamespace(first=not place, last=last, index=place + 1, index0=place, length=len(items)))
            made += self.body(node.body, replace(scope, names=names, straight=True))
        return self._apart(made, []) if items else self.body(node.else_, scope)

    def _passes(self, node: nodes.For, iter_: nodes.Const, at: int, item, scope: Scope) -> bool:
        test = self.expr(node.test, replace(scope, names=scope.names | self._given(node.target, item, iter_, at)))
        if not isinstance(test, nodes.Const):
            raise Stays
        return bool(test.value)

    def _given(self, target: nodes.Expr, item, iter_: nodes.Const, at: int) -> dict[str, nodes.Expr]:
        """What the names of a loop stand for in one of its rounds."""
        if isinstance(target, nodes.Tuple):
            return {name.name: constant(value) for name, value in zip(target.items, item, strict=True)}
        source = getattr(iter_, "source", None)
        return {target.name: constant(item, nodes.Getitem(source, nodes.Const(at), "load") if source else None)}

    def _macro_of(self, node: nodes.Expr | None, scope: Scope) -> tuple[Module, nodes.Macro] | None:
        called = node.node if isinstance(node, nodes.Call) else None
        if isinstance(called, nodes.Name) and called.name not in scope.names and called.name in scope.module.macros:
            return scope.module, scope.module.macros[called.name]
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name) and called.node.name not in scope.names:
            template = scope.module.imported(called.node.name)
            module = self._module(template) if template else None
            if module and called.attr in module.macros:
                return module, module.macros[called.attr]
        return None

    def _put_in(self, call: nodes.Expr, scope: Scope, caller: tuple | None = None) -> list[nodes.Node] | None:
        """The body of the macro with what it is called with, or None: then the call stays."""
        called = self._macro_of(call, scope)
        if called is None or call.dyn_args or call.dyn_kwargs or scope.depth > DEEPEST or not scope.module.name.endswith(".html"):
            return None
        module, macro = called
        try:
            names, bound = self._arguments(macro, call, module, scope)
            names = self._fresh(macro.body) | names
            inner = Scope(module, names, True, True, scope.around | scope.module.own, caller, scope.depth + 1)
            return self._apart(self.body(macro.body, inner), bound)
        except Stays:
            return None

    def _arguments(self, macro: nodes.Macro, call: nodes.Call, module: Module, scope: Scope) -> tuple[dict, list]:
        """What the parameters stand for: a constant or a name as they are; all else is worked out once, under a new name."""
        names, bound = {}, []
        given = dict(zip((arg.name for arg in macro.args), call.args, strict=False)) | {pair.key: pair.value for pair in call.kwargs}
        defaults = dict(zip((arg.name for arg in macro.args[len(macro.args) - len(macro.defaults):]), macro.defaults, strict=True))
        if len(call.args) > len(macro.args) or set(given) - {arg.name for arg in macro.args}:
            raise Stays
        for arg in macro.args:
            if arg.name in given:
                value = self.expr(given[arg.name], scope)
            elif arg.name in defaults:
                value = self.expr(defaults[arg.name], Scope(module, inside=True))
            else:
                raise Stays
            if not isinstance(value, nodes.Const) and not (isinstance(value, nodes.Name) and value.name != "loop"):
                bound.append((nodes.Name(f"{arg.name}_{next(numbers)}", "param"), settled(value)))
                value = nodes.Name(bound[-1][0].name, "load")
            names[arg.name] = value
        return names, bound

    def _fresh(self, body: list[nodes.Node]) -> dict[str, nodes.Name]:
        """New names for those that a piece gives, so that it never disturbs the place where it is put in."""
        targets = [one.target for node in body for one in found(node, (nodes.Assign, nodes.AssignBlock))]
        given = [name.name for target in targets for name in found(target, nodes.Name)]
        made = {name: nodes.Name(f"{name}_{next(numbers)}", "load") for name in given}
        for name, new in made.items():
            new.once = given.count(name) == 1
        return made

    def _apart(self, body: list[nodes.Node], bound: list) -> list[nodes.Node]:
        """In a scope of its own where it sets names."""
        if not bound and not any(isinstance(node, nodes.Assign) or node.find(nodes.Assign) for node in body):
            return body
        return [nodes.With([target for target, _ in bound], [value for _, value in bound], body)]
