"""Every number that `inspect` gives for a straight program, counted again from events of runs.

Slow and plain, after the definitions in the docstrings of `report`; none of its code is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from slotweave.isa import OPERATIONS, Effect
from support.event_facts import BREAKS, STOPS, Ran

#: Causes as `inspect` calls them, in the order in which they are tried.
CAUSES = ("free", "jump", "scratch", "memory", "elsewhere", "dependence", "nothing")


def twin_of(ran: Ran, given: Mapping[str, int], starts: Collection[int] = ()) -> dict[str, Any]:
    """The entries of `inspect --json` that are numbers, without the bounds `given`.

    Blocks of the run begin at `starts`, and in the beginning.
    """
    engines = _engines(ran)
    busiest = max(engines, key=lambda name: engines[name]["used"] / ran.machine.slots[name])
    ladder = {
        name: -(-row["used"] // ran.machine.slots[name]) for name, row in engines.items()
    }  # fmt: skip
    ladder["critical path"] = _longest_chain(ran)
    ladder.update(given)
    return {
        "cycles": ran.cycles,
        "bundles": len(ran.program.bundles),
        "ladder": ladder,
        "bound": max(ladder.values()),
        "engines": engines,
        "scratch": _scratch(ran),
        "never_written": _never_written(ran),
        "double_writes": _double_writes(ran),
        "read_only_store": None,  # without facts nothing is read-only
        "idle": _idle(ran, starts),
        "spans": _spans(ran, busiest),
        "slices": _slices(ran),
        "phases": _phases(ran),
        "under_way": _under_way(ran),
        "unused": len(ran.events) - len(_useful(ran)),
        "repeated": _repeated(ran),
        "movable": _movable(ran),
        "could_move": _could_move(ran),
        "word_waits": _word_waits(ran),
    }


def _engines(ran: Ran) -> dict[str, dict[str, Any]]:
    used = Counter(event.engine for event in ran.events)
    return {
        name: {
            "used": used[name],
            "slots": slots * ran.cycles,
            "share": round(used[name] / (slots * ran.cycles), 6) if ran.cycles else 0.0,
        }
        for name, slots in ran.machine.engines
    }


def _scratch(ran: Ran) -> dict[str, float]:
    """Word by word and bundle by bundle: is there a landed value that is read again?"""
    size = len(ran.program.bundles)
    live = [0] * size
    for word, landings in ran.history.items():
        reads = [e.bundle for e, words in zip(ran.events, ran.reads, strict=True) if word in words]
        times = sorted({lands for lands, _ in landings})
        for lands, until in zip(times, [*times[1:], size], strict=True):
            last = max((at for at in reads if lands <= at < until), default=None)
            for bundle in range(lands, -1 if last is None else last + 1):
                live[bundle] += 1
    mean = round(sum(live) / size, 1) if size else 0.0
    return {"peak": max(live, default=0), "mean": mean, "size": ran.machine.scratch_words}


def _never_written(ran: Ran) -> dict[str, Any]:
    """Word by word of each event: has a result landed there?"""
    found = [
        {"bundle": event.bundle, "engine": event.engine, "slot": event.slot, "word": word}
        for event, words in zip(ran.events, ran.reads, strict=True)
        for word in words
        if ran.writer(word, event.bundle) is None
    ]
    return {"reads": len(found), "first": found[0] if found else None}


def _double_writes(ran: Ran) -> dict[str, Any]:
    """Events that write a word in which a result of one before them lands at the same time."""
    found: list[dict[str, Any]] = []
    writer: dict[tuple[int, int], str] = {}
    for number, event in enumerate(ran.events):
        lands, here = ran.lands(number), f"{event.engine}[{event.slot}]"
        taken = [word for word in ran.writes[number] if (lands, word) in writer]
        if taken:
            both = f"{writer[lands, taken[0]]}, {here}"
            text = f"two writes to scratch {taken[0]} in bundle {event.bundle}: {both}"
            found.append(
                {"bundle": event.bundle, "engine": event.engine, "slot": event.slot, "text": text}
            )
        for word in ran.writes[number]:
            writer.setdefault((lands, word), here)
    return {"slots": len(found), "first": found[0] if found else None}


def _useful(ran: Ran) -> set[int]:
    """What has an effect that is seen, and whatever is read by something useful."""
    pure = (Effect.NONE, Effect.LOAD)
    useful: set[int] = set()
    for n in reversed(range(len(ran.events))):
        if ran.stores(n):
            useful |= set() if _overwritten(ran, n, useful) else {n}
        elif OPERATIONS[ran.operation(n)].effect not in pure:
            useful.add(n)
        if n in useful:
            useful |= ran.makers[n]
    return useful


def _overwritten(ran: Ran, number: int, useful: Collection[int]) -> bool:
    """Is each word, in each run, stored again in a later bundle before a pause or a useful load?"""
    here = ran.events[number].bundle
    later = [n for n in useful if ran.events[n].bundle > here and (ran.stores(n) or ran.loads(n))]
    pauses = [e.bundle for n, e in enumerate(ran.events) if ran.name(n) == "pause"]
    until = min((bundle for bundle in pauses if bundle >= here), default=len(ran.program.bundles))
    for words in ran.memory_words:
        for word in words[number]:
            touching = [n for n in later if word in words[n]]
            first = min((ran.events[n].bundle for n in touching), default=until + 1)
            if first > until or any(
                ran.loads(n) for n in touching if ran.events[n].bundle == first
            ):
                return False
    return True


def _repeated(ran: Ran) -> int:
    """Events all of whose words were the words of earlier ones, on every memory.

    What is loaded is the same only if it is loaded from there again and nothing was stored since in
    its area; from a known word if nothing was stored to it, or to a computed address in the area.
    """
    seen: set[object] = set()
    count = 0
    for number, lanes in enumerate(ran.samples):
        keys: list[object] = list(lanes)
        if ran.operation(number) == "broadcast":
            keys = [("copies", lanes[0])]
        elif ran.loads(number):
            keys = [("loaded", *_stored(ran, number, lane)) for lane in range(len(lanes))]
        count += bool(keys) and all(key in seen for key in keys)
        seen.update(keys)
        seen.update(lanes if ran.loads(number) else ())
    return count


def _stored(ran: Ran, load: int, lane: int) -> tuple[object, ...]:
    """The address of a word that is loaded, and how many stores before may have changed it."""
    words = tuple(rows[load][lane] for rows in ran.memory_words)
    before = [
        n for n in range(load)
        if ran.stores(n) and ran.lands(n) <= ran.events[load].bundle
        and ran.areas[n] == ran.areas[load]
        and not (ran.at_known(load) and ran.at_known(n) and words[0] not in ran.memory_words[0][n])
    ]  # fmt: skip
    return words, len(before)


def _movable(ran: Ran) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = {}
    for number, event in enumerate(ran.events):
        form = ran.machine.forms[event.engine, ran.name(number)][0]
        others = {
            mode.engine for mode in ran.machine.modes
            if (mode.operation, mode.shape) == (form.operation, form.shape)
        }  # fmt: skip
        for other in others - {event.engine}:
            row = result.setdefault(event.engine, {})
            row[other] = row.get(other, 0) + 1
    return result


def _could_move(ran: Ran) -> dict[str, int]:
    """Events for which an earlier bundle has a free slot, where nothing holds them."""
    used = Counter((event.bundle, event.engine) for event in ran.events)
    count = dict.fromkeys(ran.machine.slots, 0)
    for number, event in enumerate(ran.events):
        parts = (_operands_free, _memory_free, _scratch_free)
        first = max(free(ran, number) for free in parts)
        rooms = [
            at for at in range(first, event.bundle)
            if any(engine != "debug" for engine in ran.program.bundles[at])
            and used[at, event.engine] < ran.machine.slots[event.engine]
        ]  # fmt: skip
        count[event.engine] += bool(rooms) and ran.name(number) not in BREAKS
    return count


def _word_waits(ran: Ran) -> list[dict[str, int]]:
    """The words for which events wait that wait for nothing else, by how many do."""
    count: Counter[tuple[int, int]] = Counter()
    for number, words in enumerate(ran.writes):
        others = max(_operands_free(ran, number), _memory_free(ran, number))
        if _scratch_free(ran, number) > others:
            count[min(words), len(words)] += 1
    most = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))[:8]
    return [{"first": first, "words": words, "operations": n} for (first, words), n in most]


def _memory_free(ran: Ran, number: int) -> int:
    """From when on memory does not hold an event."""
    event, free = ran.events[number], 0
    for other, before in enumerate(ran.events):
        if other == number:
            continue
        ordered = _in_order(ran, other, number)
        if ran.name(other) == "pause":
            faults = OPERATIONS[ran.operation(number)].defined_if is not None
            if (ordered or faults) and before.bundle < event.bundle:
                free = max(free, before.bundle + 1)
            continue
        if not ordered:
            continue
        lands, mine = (ran.lands(other), other), (ran.lands(number), number)
        if ran.loads(number) and lands[0] <= event.bundle:
            free = max(free, lands[0])
        if not ran.loads(number) and ran.loads(other) and before.bundle < mine[0]:
            free = max(free, before.bundle + 1 - event.latency)
        if not ran.loads(number) and not ran.loads(other) and lands < mine:
            free = max(free, min(lands[0] + 1 - event.latency, event.bundle))
    return free


def _operands_free(ran: Ran, number: int) -> int:
    return max((ran.lands(maker) for maker in ran.makers[number]), default=0)


def _scratch_free(ran: Ran, number: int) -> int:
    event, free = ran.events[number], 0
    for word in ran.writes[number]:
        before = [
            (lands, n) for lands, n in ran.history[word] if (lands, n) < (ran.lands(number), number)
        ]
        if before:
            free = max(free, min(before[-1][0] - event.latency + 1, event.bundle))
        for other, words in enumerate(ran.reads):
            reader = ran.events[other].bundle
            if word in words and other != number and reader < ran.lands(number):
                free = max(free, reader - event.latency + 1)
    return free


def _idle(ran: Ran, starts: Collection[int] = ()) -> dict[str, dict[str, int]]:
    """Each idle slot by itself, the first cause that fits."""
    numbers = range(len(ran.events))
    operands = [_operands_free(ran, n) for n in numbers]
    ordered = [max(operands[n], _memory_free(ran, n)) for n in numbers]
    free = [max(ordered[n], _scratch_free(ran, n)) for n in numbers]
    used = Counter((event.bundle, event.engine) for event in ran.events)
    block = [sum(start <= bundle for start in starts) for bundle in range(len(ran.program.bundles))]
    result: dict[str, Counter[str]] = {name: Counter() for name in ran.machine.slots}
    for bundle, listed in enumerate(ran.program.bundles):
        if not any(engine != "debug" for engine in listed):
            continue
        for engine, slots in ran.machine.engines:
            later = [
                n for n in numbers
                if ran.events[n].engine == engine and ran.events[n].bundle > bundle
                and ran.name(n) not in BREAKS
            ]  # fmt: skip
            moving = [n for n in later if free[n] <= bundle]
            inside = sum(block[ran.events[n].bundle] == block[bundle] for n in moving)
            movers = len(moving)
            later = [n for n in later if free[n] > bundle]
            holds = (
                any(ordered[n] <= bundle for n in later),
                any(operands[n] <= bundle for n in later),
                any(
                    free[maker] <= bundle < ran.events[maker].bundle
                    and used[bundle, ran.events[maker].engine]
                    >= ran.machine.slots[ran.events[maker].engine]
                    for n in numbers if ran.events[n].engine == engine
                    for maker in ran.makers[n]
                ),
                bool(later),
                True,
            )  # fmt: skip
            idle = slots - used[bundle, engine]
            result[engine]["free"] += min(idle, inside)
            result[engine]["jump"] += min(idle, movers) - min(idle, inside)
            result[engine][CAUSES[2 + holds.index(True)]] += max(0, idle - movers)
    return {name: {c: n for c, n in row.items() if n} for name, row in result.items()}


def _longest_chain(ran: Ran) -> int:
    """Each event behind the operands and the accesses of earlier bundles that it waits for."""
    depth: list[int] = []
    for number, event in enumerate(ran.events):
        starts = [depth[m] + ran.events[m].latency for m in ran.makers[number]]
        for other in range(number):
            if ran.events[other].bundle < event.bundle and _in_order(ran, other, number):
                stops = ran.name(number) in STOPS and ran.name(other) not in STOPS
                starts.append(depth[other] + (0 if stops or ran.loads(other) else 1))
        depth.append(max(starts, default=0))
    return max(depth, default=-1) + 1


def _in_order(ran: Ran, first: int, second: int) -> bool:
    """Must the second of two events stay behind the first because of memory?"""
    names = {ran.name(first), ran.name(second)}
    if names & {"pause", "halt"}:
        return all(ran.loads(n) or ran.stores(n) or ran.fence(n) for n in (first, second))
    if "trace_write" in names:
        return names == {"trace_write"}
    ordered = (ran.loads(n) or ran.stores(n) or ran.fence(n) for n in (first, second))
    both_read = ran.loads(first) and ran.loads(second)
    return all(ordered) and not both_read and ran.may_meet(first, second)


def _spans(ran: Ran, engine: str) -> dict[str, Any]:
    used = Counter(event.bundle for event in ran.events if event.engine == engine)
    full = sorted(_cycle(ran, b) for b, count in used.items() if count >= ran.machine.slots[engine])
    size = _cycle(ran, len(ran.program.bundles))
    if not full:
        return {"engine": engine, "head": size, "body": 0, "tail": 0}
    body = full[-1] - full[0] + 1
    return {"engine": engine, "head": full[0], "body": body, "tail": size - full[-1] - 1}


def _cycle(ran: Ran, bundle: int) -> int:
    """How many cycles are over before `bundle`: one for each bundle that names more than debug."""
    return sum(any(name != "debug" for name in one) for one in ran.program.bundles[:bundle])


def work_of(ran: Ran, number: int) -> str:
    operation = ran.operation(number)
    if operation == "const":
        return "constants"
    if operation == "select":
        return "selects"
    if ran.loads(number) or ran.stores(number):
        return "loads" if ran.loads(number) else "stores"
    return "control" if OPERATIONS[operation].effect is not Effect.NONE else "arithmetic"


def _slices(ran: Ran) -> list[dict[str, Any]]:
    size = _cycle(ran, len(ran.program.bundles))
    count = min(8, size)
    result = []
    for at in range(count):
        first, last = size * at // count, size * (at + 1) // count - 1
        inside = [n for n, e in enumerate(ran.events) if first <= _cycle(ran, e.bundle) <= last]
        work = Counter(work_of(ran, n) for n in inside)
        result.append({"first": first, "last": last, "operations": dict(work)})
    return result


def _under_way(ran: Ran) -> dict[str, float]:
    """Cycle by cycle: the groups and the stages of which some phase has begun and not ended."""
    phases = [phase for phase in _phases(ran) if phase["group"] is not None]
    found = {}
    for name, key in (("groups", "group"), ("stages", "stage")):
        open_ = [
            len({one[key] for one in phases if one["first"] <= cycle <= one["last"]})
            for cycle in range(ran.cycles)
        ]
        found[name] = round(sum(open_) / max(ran.cycles, 1), 2)
    return found


def _phases(ran: Ran) -> list[dict[str, Any]]:
    group, stage = groups_and_stages(ran)
    found: dict[tuple[int, int], list[int]] = {}
    for number in range(len(ran.events)):
        found.setdefault((group[number], stage[number]), []).append(number)
    return [
        {
            "group": None if key[0] < 0 else key[0],
            "stage": None if key[0] < 0 else key[1],
            "first": _cycle(ran, min(ran.events[n].bundle for n in numbers)),
            "last": _cycle(ran, max(ran.events[n].bundle for n in numbers)),
            "operations": dict(Counter(work_of(ran, n) for n in numbers)),
        }
        for key, numbers in sorted(found.items())
    ]


def groups_and_stages(ran: Ran) -> tuple[list[int], list[int]]:
    """The items of each event by the ends that it reaches, found end by end; and its stage.

    What reaches only ends of one group belongs to it, if the group has a tenth of the work of the
    largest one.
    """
    stored: dict[int, int] = {}
    makers: list[set[int]] = []
    for number in range(len(ran.events)):
        mine = set(ran.makers[number])
        for word in ran.memory_words[0][number]:
            if ran.loads(number) and word in stored:
                mine.add(stored[word])
            elif ran.stores(number):
                stored[word] = number
        makers.append(mine)
    read = set().union(*makers)
    ends = [
        n for n in range(len(ran.events))
        if (ran.stores(n) or ran.name(n) == "trace_write") and n not in read
    ]  # fmt: skip
    behind: dict[int, set[int]] = {}
    for end in ends:
        behind[end] = {end}
        todo = [end]
        while todo:
            new = makers[todo.pop()] - behind[end]
            behind[end] |= new
            todo += new
    owners = [frozenset(e for e in ends if n in behind[e]) for n in range(len(ran.events))]
    together = _together(ends, Counter(owners))
    group = [next((i for i, g in enumerate(together) if row and row <= g), -1) for row in owners]
    work = Counter(one for one in group if one >= 0)
    large = [i for i in sorted(work) if work[i] * 10 >= max(work.values())]
    group = [large.index(one) if one in large else -1 for one in group]
    stage = [0] * len(group)
    fetch = [work_of(ran, n) in ("loads", "selects") for n in range(len(group))]
    for number, mine in enumerate(group):
        if mine >= 0:
            rows = [
                stage[m] + (fetch[number] and not fetch[m])
                for m in makers[number]
                if group[m] == mine
            ]
            stage[number] = max(rows, default=1)
    return group, stage


def _together(ends: list[int], work: Counter[frozenset[int]]) -> list[frozenset[int]]:
    """The ends of each group, in the order of the program: those with most work in common."""
    groups = [frozenset({end}) for end in ends]
    own = {group: work[group] for group in groups}
    shared = [row for row in work if 2 <= len(row) <= 16]
    place = {end: at for at, end in enumerate(ends)}
    for row in sorted(shared, key=lambda r: (-work[r], sum(1 << place[end] for end in r))):
        parts = [group for group in groups if group & row]
        if len(parts) == 1 or work[row] > min(own[part] for part in parts):
            one = frozenset().union(*parts)
            own[one] = work[row] + sum(own[part] for part in parts)
            groups = [one, *(group for group in groups if group not in parts)]
    return sorted(groups, key=min)
