# Needs python3 (3.11 or newer) with pip, and make; everything else lands in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.installed-core
DEV := $(VENV)/.installed-dev

# Tests start hundreds of processes: each would compile all modules anew without their bytecode.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test tests check-all coverage lint docs budgets screenshots clean

help:
	@echo "make demo       compile the tree-hash workload, check it, show where the cycles went, export it"
	@echo "make test       linters, types, layers and tests"
	@echo "make check-all  the same with the long tests, ten minutes of fuzzing, and coverage"
	@echo "make coverage   branch coverage of what checks, rewrites and simulates; fails below 95 %"
	@echo "make lint       linters, types and layers only"
	@echo "make docs       the documentation as a site, in build/site"
	@echo "make budgets    what the report's page costs, against its limits (needs Chromium)"
	@echo "make screenshots  the pictures of docs/img (needs Chromium: apt-get install chromium)"
	@echo "make clean      remove .venv, caches and out/"

demo: $(CORE)
	@mkdir -p out
	@echo "Compiling and checking tree hash, which takes some seconds ..." >&2
	@$(BIN)/slotweave compile tree-hash -o out/tree-hash.json
	@$(BIN)/slotweave export out/tree-hash.json --format challenge -o out/perf_takehome.py

# Linters take one core, so the tests start beside them.
test: $(DEV)
	@$(MAKE) --no-print-directory --jobs=2 lint tests

# The tests of a file stay in one process, for they share what is slow to make; files that take
# longest come first, in the order of tests/conftest.py.
PARALLEL := --numprocesses auto --dist loadfile --no-loadscope-reorder
tests: $(DEV)
	$(BIN)/pytest $(PARALLEL)

# Each part says how many seconds it took.
check-all:
	@set -e; start=$$(date +%s); $(MAKE) lint; $(MAKE) docs; \
	$(BIN)/pip install --quiet --editable '.[hexagon]' || \
		echo "without a compiler for Hexagon some tests are skipped" >&2; \
	linted=$$(date +%s); $(BIN)/pytest --long --parts $(PARALLEL); \
	tested=$$(date +%s); $(MAKE) coverage; \
	covered=$$(date +%s); $(MAKE) budgets; \
	echo "check-all: $$((linted - start)) s linters and setting up, $$((tested - linted)) s tests," \
		"$$((covered - tested)) s coverage"

# Coverage does not see into compiled functions, so the simulators' tests run as plain Python too.
COVERED := --hypothesis-profile full --cov=slotweave.check --cov=slotweave.rewrite --cov=slotweave.simulate \
	--cov-branch --cov-append --cov-report=
coverage: $(DEV)
	$(BIN)/coverage erase
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -W ignore:overflow $(COVERED) tests/simulate/test_agreement.py
	$(BIN)/pytest $(PARALLEL) $(COVERED) tests/check tests/rewrite tests/simulate tests/rules tests/fuzz \
		tests/driver tests/bounds/projects tests/repacking/test_repack_blocks.py \
		tests/test_own_kernels.py tests/test_promises.py
	$(BIN)/coverage json --quiet -o - | $(BIN)/python tests/support/branch_coverage.py

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Warnings, as of a link that leads nowhere, are errors. Nothing is fetched.
docs: $(DEV)
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/site

budgets: $(DEV)
	PYTHONPATH=tests $(BIN)/python -m support.page_budgets

screenshots: $(DEV)
	$(BIN)/python docs/screenshots.py

clean:
	rm -rf $(VENV) build out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Where python3's own venv module is missing or broken, virtualenv makes the environment instead. It
# is put under build/, so that nothing outside this directory changes.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed (set PYTHON=/path/to/python3.11)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "no working venv module; using virtualenv from pip" >&2; \
		rm -rf $(VENV); \
		$(PYTHON) -m pip install --quiet --upgrade --target build/virtualenv virtualenv && \
		PYTHONPATH=build/virtualenv $(PYTHON) -m virtualenv --quiet $(VENV); }

$(CORE): pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

# The development extra contains the core, so one install serves both. Modules are compiled when they
# are imported: most of those that come with it never are.
$(DEV): pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --no-compile --editable '.[dev]'
	@touch $(CORE) $@
