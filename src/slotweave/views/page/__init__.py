"""The report: one page with the picture of slots by cycles, which opens without a network."""

from slotweave.views.page.page import ReportProgram, report_page

__all__ = ["ReportProgram", "report_page"]
