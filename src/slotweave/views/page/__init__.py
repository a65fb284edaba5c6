"""The report: one page with the picture of slots by cycles, which opens without a network."""

from slotweave.views.page.part import Reported
from slotweave.views.page.report import report, report_svg

__all__ = ["Reported", "report", "report_svg"]
