"""Which facts fit a program, from what it says of itself: a hint to users, never assumed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from slotweave.extensions.extension import Subject
from slotweave.extensions.registry import extensions, kernels


def facts_of_origin(meta: Mapping[str, Any]) -> str | None:
    """The name of the facts that the maker of a program relied on, as far as its `meta` says so."""
    said = meta.get("kernel"), meta.get("contract")
    for extension in extensions():
        for facts in extension.facts:
            if extension.subject and said == (extension.subject.kernel, facts.contract):
                return facts.name
    return None


def other_kernel(name: str | None, meta: Mapping[str, Any]) -> tuple[str, str] | None:
    """The kernel that a program names, and the other one that the facts called `name` are about."""
    said, subject = meta.get("kernel"), subject_of(name)
    if subject is None or not isinstance(said, str) or said in ("", subject.kernel):
        return None
    return " ".join(said.split())[:200], subject.kernel


def subject_of(name: str | None) -> Subject | None:
    """What the facts called `name` are about, if an extension names them."""
    named = (extension.subject for extension in extensions()
             if any(facts.name == name for facts in extension.facts))  # fmt: skip
    return next(named, None)


def facts_of_kernel(meta: Mapping[str, Any]) -> str | None:
    """The command that shows the facts of the kernel that a program names, be it in a file of the
    user's, if no extension names facts of that kernel."""
    kernel, params = meta.get("kernel"), meta.get("params")
    if not isinstance(kernel, str) or not isinstance(params, Mapping):
        return None
    subjects = [extension.subject for extension in extensions() if extension.subject]
    if kernel in [subject.kernel for subject in subjects]:
        return None
    if ".py:" not in kernel and kernel not in kernels():
        return None
    if not all(name.isidentifier() and type(value) is int for name, value in params.items()):
        return None
    words = ["slotweave", "facts", "show", " ".join(kernel.split())]
    for name, value in params.items():
        words += ["-p", f"{name}={value}"]
    return shlex.join(words)
