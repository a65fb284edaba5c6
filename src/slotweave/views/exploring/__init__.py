"""A kernel on many machines: a table, lines, a page that works offline, and pictures."""

from slotweave.views.exploring.page import (
    exploration_html,
    exploration_lines,
    exploration_svg,
    exploration_table,
)

__all__ = ["exploration_html", "exploration_lines", "exploration_svg", "exploration_table"]
