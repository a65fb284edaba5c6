"""Tree hash as a kernel: its parameters, contracts and plans, and which program a plan writes."""

from __future__ import annotations

from slotweave.challenge.tree_hash.definition import definition
from slotweave.challenge.tree_hash.plans.alternatives import tree_hash_alternatives
from slotweave.challenge.tree_hash.plans.choice_table import CHOICES, ROLLED, ROLLED_CHOICES
from slotweave.challenge.tree_hash.plans.plans import PIPELINED, PLAN_NAMES, plan_named, usual_plan
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.plans.rolled_choices import read_rolled_choices
from slotweave.challenge.tree_hash.plans.rolled_plans import ROLLED_PLAN_NAMES
from slotweave.challenge.tree_hash.plans.vary import vary
from slotweave.challenge.tree_hash.proofs import proved_fingerprints
from slotweave.challenge.tree_hash.tables.memory_map import declare_memory
from slotweave.challenge.tree_hash.walks.vector import build_vector
from slotweave.challenge.tree_hash.workload import (
    CONTRACTS,
    Shape,
    facts,
    random_memory,
    reference,
)
from slotweave.frontend.kernel import Kernel, Parameter, Parameters
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan


def build(k: Tracer, parameters: Parameters, contract: str, plan: Plan) -> None:
    """Write tree hash for these parameters through `k`, as `plan` says.

    What writes it in another way than most plans do is loaded when it is asked for.
    """
    shape = Shape.of(parameters)
    if plan.choices.get("style") == ROLLED:
        from slotweave.challenge.tree_hash.walks.rolled import build_rolled

        rolled = read_rolled_choices(plan, shape, contract, k.vector_length)
        build_rolled(k, shape, contract, rolled)
        return
    choices = read_choices(plan, shape, contract, k.vector_length)
    if choices.style == "scalar":
        from slotweave.challenge.tree_hash.walks.scalar import build_scalar

        build_scalar(k, shape, declare_memory(k, shape, contract, ()))
    elif choices.style == "grouped":
        from slotweave.challenge.tree_hash.walks.grouped import build_grouped

        memory = declare_memory(k, shape, contract, ())
        build_grouped(k, shape, contract, memory, choices.together, choices.kept)
    elif contract == "any-start":
        from slotweave.challenge.tree_hash.walks.any_start import build_any_start

        build_any_start(k, shape, declare_memory(k, shape, contract, ()))
    else:
        borrowed = choices.borrowed_words(k.vector_length)
        index = choices.index_table(k.vector_length)
        memory = declare_memory(
            k, shape, contract, choices.tables, borrowed, choices.restore, index
        )
        if choices.loop:
            from slotweave.challenge.tree_hash.walks.looped import build_looped

            build_looped(k, shape, contract, choices, memory)
            return
        build_vector(k, shape, contract, choices, memory)


TREE_HASH = Kernel(
    name="tree-hash",
    text="walk a binary tree from node to node, hashing a value at each; one walk for each item",
    parameters={
        "height": Parameter(10, 1, 14, "height of the tree: 2^(height+1) - 1 nodes"),
        "rounds": Parameter(16, 1, 64, "steps of each walk"),
        "batch": Parameter(256, 1, 2**20, "number of items"),
    },
    contracts=CONTRACTS,
    build=build,
    memory=random_memory,
    reference=reference,
    facts=facts,
    plan=plan_named,
    plan_names=(*PLAN_NAMES, *ROLLED_PLAN_NAMES, PIPELINED),
    usual=usual_plan,
    choices=(*CHOICES, *ROLLED_CHOICES),
    definition=definition,
    vary=vary,
    proofs=proved_fingerprints,
    alternatives=tree_hash_alternatives,
)
