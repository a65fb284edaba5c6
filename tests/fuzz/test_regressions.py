"""What fuzzing found once is found no more: each failure is kept as a text and replayed.

tests/data/regressions/jobs holds graphs with a machine to compile for, as `Job.text` writes them,
that went wrong or lie at an edge (vectors of one word, latencies beyond the program's length);
kernels holds kernels as statements (`KernelJob.text`) whose programs did something else;
programs holds programs of which something false was said (`ProgramJob.text`);
texts/FORM holds texts of a form that were misread, with what is said about them now.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from fuzz.claims import inspection_counts, repacking_keeps_the_meaning
from fuzz.compiling import Job, compiles_right, job_from_text
from fuzz.kernels import KernelJob, kernel_job_from_text, kernel_jobs, kernel_means_itself
from fuzz.programs import program_job_from_text
from fuzz.targets import graph_jobs
from fuzz.texts import forms, keeps_its_promise
from support.examples import examples

FOLDER = Path(__file__).parents[1] / "data" / "regressions"
JOBS = sorted((FOLDER / "jobs").glob("*.txt"))
PROGRAMS = sorted((FOLDER / "programs").glob("*.txt"))
KERNELS = sorted((FOLDER / "kernels").glob("*.txt"))
TEXTS = sorted((FOLDER / "texts").glob("*/*"))


@pytest.mark.parametrize("file", JOBS, ids=lambda file: file.stem)
def test_a_job_that_went_wrong_compiles_right(file: Path) -> None:
    compiles_right(job_from_text(file.read_text()))


@pytest.mark.parametrize("file", KERNELS, ids=lambda file: file.stem)
def test_a_kernel_that_went_wrong_compiles_right(file: Path) -> None:
    kernel_means_itself(kernel_job_from_text(file.read_text()))


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.stem)
def test_what_is_said_of_a_program_of_which_something_was_false_holds(file: Path) -> None:
    job = program_job_from_text(file.read_text())
    inspection_counts(job)
    repacking_keeps_the_meaning(job)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_a_text_that_was_misread_is_survived(file: Path) -> None:
    keeps_its_promise(forms()[file.parent.name], file.read_bytes().decode())


@given(graph_jobs())
@examples(20)
def test_a_job_is_read_back_from_its_text(job: Job) -> None:
    again = job_from_text(job.text())
    assert (again.graph, again.rewriting, again.seed) == (job.graph, job.rewriting, job.seed)
    assert set(again.machine.modes) == set(job.machine.modes)
    assert job_from_text(again.text()) == again


@given(kernel_jobs())
@examples(20)
def test_a_kernel_is_read_back_from_its_text(job: KernelJob) -> None:
    again = kernel_job_from_text(job.text())
    assert again.statements == job.statements
    assert (again.options, again.rewriting, again.seed) == (job.options, job.rewriting, job.seed)
    assert set(again.machine.modes) == set(job.machine.modes)
