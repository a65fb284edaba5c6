"""The report: one page with the picture of slots by cycles, which opens without a network."""

from slotweave.views.page.report import Reported, report

__all__ = ["Reported", "report"]
