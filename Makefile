# One command runs the main job (`make demo`), one the tests (`make test`).
# The rest of this file installs what they need into .venv, from lock files with hashes.

PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE  # compiled files halve the start of every program
BIN := .venv/bin
RUN := $(BIN)/python -m

.PHONY: help demo test types tests faults bench live lock format clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/bin/uv: requirements/uv.txt
	@echo "Creating .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.runtime: .venv/bin/uv requirements/runtime.txt pyproject.toml
	@echo "Installing what Marketloop needs ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/runtime.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

demo: .venv/.runtime  ## run every process on a simulated market and web; ONCE=1 ends after the runs
	@$(BIN)/marketloop demo $(if $(ONCE),--once)

test: .venv/.dev  ## lint, types, import rules and all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs=2 types tests  # mypy alone would leave a core idle

types: .venv/.dev
	@$(BIN)/mypy

tests: .venv/.dev
	@$(BIN)/pytest -n 2 --dist worksteal

faults: .venv/.dev  ## the long half of the fault tests: kills at every step, platforms and servers gone
	@$(BIN)/pytest -m slow

live: .venv/.dev  ## tests against the real server software of Bluesky, installed first
	@$(BIN)/pytest -m live tests/live

bench: .venv/.dev  ## every benchmark against its floor or peer, measured in the same run
	@$(RUN) tests.benchmarks

format: .venv/.dev  ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: .venv/.dev  ## take newer versions into the lock files
	@for part in uv runtime dev; do \
	  case $$part in uv) from=requirements/uv.in; with= ;; runtime) from=pyproject.toml; with="--group build" ;; dev) from=pyproject.toml; with="--group build --group dev" ;; esac; \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header $$from $$with -o requirements/$$part.txt; \
	done

clean:  ## remove the environment and everything the demo wrote
	@rm -rf .venv .marketloop
