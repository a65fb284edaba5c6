"""Exact scheduling of projects with CP-SAT; needs the extra `exact` (ortools)."""

from slotweave.backend.schedule.exact.modulo_model import ModuloModel, modulo_model
from slotweave.backend.schedule.exact.pressure import ValueSpan
from slotweave.backend.schedule.exact.project_model import (
    ProjectModel,
    project_model,
    shorter_model,
)
from slotweave.backend.schedule.exact.solver import Outcome, Status, has_solver, run_model
from slotweave.backend.schedule.exact.stall_model import stall_model

__all__ = [
    "ModuloModel",
    "Outcome",
    "ProjectModel",
    "Status",
    "ValueSpan",
    "has_solver",
    "modulo_model",
    "project_model",
    "run_model",
    "shorter_model",
    "stall_model",
]
