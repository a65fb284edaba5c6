"""Rules as data: a pattern, what replaces it, and when.

A rule is written as a function from variables to its two sides (and a condition on its constants);
the function's docstring is the equation. Parameters annotated `Constant` must be known.

    @rule
    def merge_sums(x: Term, a: Constant, b: Constant) -> Sides:
        \"\"\"(x + a) + b  ->  x + (a + b)\"\"\"
        return (x + a) + b, x + (a + b)

Every rule makes terms lighter (see `weight`), whatever its variables stand for, so rewriting ends.
A *law* is a rule that need not; only a pass that knows which way to go may use it.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from slotweave.rules.term import Constant, Term, constant_variable, variable, variables

#: What a rule's function returns: pattern, replacement and, if need be, a condition.
Sides: TypeAlias = tuple[Term, Term] | tuple[Term, Term, Term]

#: What each operation weighs in a term; those not listed weigh 10, terms over constants nothing.
WEIGHTS = {"select": 20, "multiply_add": 15, "div": 14, "mod": 14, "cdiv": 14, "mul": 12,
           "shl": 11, "shr": 11, "sub": 11}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` equals `replacement` wherever `condition` (if there is one) is not 0."""

    name: str
    equation: str
    pattern: Term
    replacement: Term
    condition: Term | None = None

    def __str__(self) -> str:
        when = f"  when {self.condition}" if self.condition is not None else ""
        return f"{self.pattern}  ->  {self.replacement}{when}"


def rule(function: Callable[..., Sides]) -> Rule:
    """The rule that `function` writes down."""
    code = function.__code__
    operands = [
        constant_variable(name)
        if function.__annotations__[name] in (Constant, Constant.__name__)
        else variable(name)
        for name in code.co_varnames[: code.co_argcount]
    ]
    return make_rule(function.__name__, inspect.getdoc(function) or "", function(*operands))


def make_rule(name: str, equation: str, sides: Sides) -> Rule:
    """A rule from its sides. Raises ValueError if it is not well formed, or not lightening."""
    made = Rule(name, equation, *sides)
    _refuse_malformed(made)
    return made


def law(name: str, equation: str, sides: Sides) -> Rule:
    """An equation of operations on variables, each once on either side; it need not lighten.

    Raises ValueError if it is none.
    """
    made = Rule(name, equation, *sides)
    left, right = Counter(variables(made.pattern)), Counter(variables(made.replacement))
    if left != right or set(left.values()) != {1} or any(x.constant for x in left):
        raise ValueError(f"law {name} does not have each variable once on either side")
    return made


def weight(term: Term) -> int:
    """The weight of the operations in `term`; variables and what is constant weigh nothing."""
    if term.constant or term.op == "variable":
        return 0
    return WEIGHTS.get(term.op, 10) + sum(weight(arg) for arg in term.args)


def _refuse_malformed(made: Rule) -> None:
    left, right = Counter(variables(made.pattern)), Counter(variables(made.replacement))
    if not made.equation:
        raise ValueError(f"rule {made.name} has no equation")
    if any(x not in left for x in (right | Counter(variables(made.condition or made.pattern)))):
        raise ValueError(f"rule {made.name} uses a variable that its pattern does not bind")
    if made.condition is not None and not made.condition.constant:
        raise ValueError(f"the condition of rule {made.name} is not about constants alone")
    if _has_constant_operation(made.pattern):
        raise ValueError(f"the pattern of rule {made.name} has an operation on constants alone")
    copies = any(right[x] > left[x] for x in right if not x.constant)
    lighter = weight(made.replacement) < weight(made.pattern)
    if made.pattern.constant:
        lighter = made.replacement.constant
    if copies or not lighter:
        raise ValueError(f"rule {made.name} does not make terms lighter")


def _has_constant_operation(pattern: Term) -> bool:
    """Whether a proper part of `pattern` computes on constants: it would never match."""
    return any((arg.constant and arg.args) or _has_constant_operation(arg) for arg in pattern.args)
