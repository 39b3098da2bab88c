# Everything that a target needs, it installs itself, from lock files with hashes.
# PYTHON is any Python from 3.11 on; the commands are those of the README.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
ROWS ?= 100000

# PIP_* of a developer's own set-up stay in force: an index mirror, say. Compiled once here, so that no start pays for it.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --compile

# One resolution for every supported Python and platform, without the address of any index.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header

.PHONY: review test lint synth schemas lock bench clean

review: $(VENV)/review.done ## a cost review of the sample account; ARGS='--output report' for more
	@$(BIN)/finops review $(ARGS)

test: $(VENV)/test.done lint ## lint, types and the whole suite
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

synth: $(VENV)/test.done ## the CloudFormation template, in cdk.out/
	$(BIN)/python app.py

schemas: $(VENV)/test.done ## the JSON schemas of our events and of the contract of agents, from their models
	$(BIN)/python -m tasks.schemas

bench: $(VENV)/test.done ## what a review costs beside its floor, other teams' agents, and consolidation; ROWS='100000 1000000' for a million
	$(BIN)/python -m benchmarks.review
	$(BIN)/python -m benchmarks.discovered_agents
	$(BIN)/python -m benchmarks.consolidation $(ROWS)

lock: $(VENV)/test.done ## the lock files anew, from pyproject.toml
	$(LOCK) --all-extras pyproject.toml --output-file requirements/test.txt
	$(LOCK) --extra local --constraint requirements/test.txt pyproject.toml --output-file requirements/review.txt

clean:
	rm -rf $(VENV) cdk.out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up in $(VENV) (once, about half a minute) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/review.done: requirements/review.txt pyproject.toml | $(BIN)/python
	@$(INSTALL) -r requirements/review.txt
	@$(MAKE) --no-print-directory project
	@touch $@

$(VENV)/test.done: requirements/test.txt pyproject.toml | $(BIN)/python
	@$(INSTALL) -r requirements/test.txt
	@$(MAKE) --no-print-directory project
	@touch $@

.PHONY: project
project:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q asl workflows tasks local infra
