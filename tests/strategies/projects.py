"""Small random projects, for tests against brute force."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use


@st.composite
def projects(
    draw: st.DrawFn,
    *,
    modulo: bool | None = None,
    most: int = 4,
    solid: bool = False,
    conditional: bool = False,
) -> Project:
    """A project without faults; `solid` ones hold their resources exactly while they last. In
    `conditional` ones some lags hold in a mode of one of their activities only."""
    is_modulo = draw(st.booleans()) if modulo is None else modulo
    resources = tuple(
        Resource(f"R{k}", draw(st.integers(1, 3))) for k in range(draw(st.integers(1, 2)))
    )
    size = draw(st.integers(1, most))
    modes = st.builds(
        _mode,
        st.integers(0, 3),
        st.lists(st.tuples(*(st.integers(0, 2) for _ in range(4))), max_size=2),
        st.just(len(resources)),
        st.just(solid),
    )
    tied = draw(st.booleans())
    activities = []
    for number in range(size):
        count = 2 if tied and number < 2 else draw(st.integers(1, 2))
        row = tuple(draw(modes) for _ in range(count))
        activities.append(Activity(str(number), row, 7 if tied and number < 2 else -1))
    places = st.integers(0, size - 1)
    distances = st.integers(0, 2) if is_modulo else st.just(0)
    lags = draw(
        st.lists(
            st.builds(Lag, places, places, st.integers(-3, 3), distances, st.booleans()),
            max_size=2 * size,
        )
    )
    if conditional:
        lags = [_conditional(lag, draw(st.integers(0, 3)), activities) for lag in lags]
    return Project(resources, tuple(activities), tuple(lags), is_modulo)


def _conditional(lag: Lag, way: int, activities: list[Activity]) -> Lag:
    owner = (lag.before, lag.after)[way % 2]
    return replace(lag, only=(owner, way // 2 % len(activities[owner].modes)))


def _mode(
    duration: int, uses: list[tuple[int, int, int, int]], resources: int, solid: bool
) -> ActivityMode:
    made = []
    for resource, units, first, cycles in uses:
        if solid and duration:
            made.append(Use(resource % resources, 1 + units, 0, duration))
        elif not solid:
            made.append(Use(resource % resources, 1 + units, first, 1 + cycles))
    return ActivityMode(duration, tuple(made))
