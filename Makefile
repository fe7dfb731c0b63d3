# FitSense in one word each. Needs Python 3.11 or 3.12, git and make; everything else it installs
# into .venv from requirements.lock. `make demo` is the place to start.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(BIN)/uv
UV_VERSION := 0.13.9
TORCH := torch==2.13.0
# A machine that offers CPU wheels of torch names the folder in PIP_FIND_LINKS.
FIND_LINKS := $(if $(PIP_FIND_LINKS),--find-links "$(PIP_FIND_LINKS)",)

export DO_NOT_TRACK := 1
export MLFLOW_DISABLE_TELEMETRY := true
export HF_HUB_DISABLE_TELEMETRY := 1
export HF_HUB_OFFLINE := 1
export LITELLM_LOCAL_MODEL_COST_MAP := True
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help install demo up test check bench lock clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

install: $(STAMP) ## make .venv and install everything into it

$(STAMP): requirements.lock pyproject.toml
	@python=""; for each in python3.11 python3.12 python3; do \
	  if command -v $$each >/dev/null && $$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "FitSense needs Python 3.11 or 3.12 on the PATH: install one and try again." >&2; exit 1; fi; \
	echo "Installing into $(VENV) with $$($$python --version)"; \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) 2> >(grep -v "^WARNING: Location" >&2)
	@# --no-deps: the lock names every package; torch, whose wheels differ, comes after it.
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python $(FIND_LINKS) $(TORCH)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP) ## from nothing to a served plan, with no key and no network
	@$(BIN)/fitsense demo

up: $(STAMP) ## the Dagster UI, the MLflow UI and the API on loopback
	@$(BIN)/fitsense up

test: check ## lint, types, contracts, definitions and all tests
	@echo "== definitions"; $(BIN)/dg check defs
	@echo "== tests"; $(BIN)/python -m pytest -m "not slow and not gpu" -n 2 -q
	@echo "== slow tests"; $(BIN)/python -m pytest -m "slow and not gpu" -q

check: $(STAMP) ## lint and types alone
	@echo "== lint"; $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@echo "== types"; $(BIN)/pyright --warnings
	@echo "== import contracts"; $(BIN)/lint-imports --no-cache | tail -n 4
	@echo "== sql"; $(BIN)/sqlfluff lint --disable-progress-bar --nofail --quiet fitsense_dbt > /dev/null && $(BIN)/sqlfluff lint --disable-progress-bar fitsense_dbt

bench: $(STAMP) ## measure against the goals; ONLY=M1,M4 for some, JSON=1 for machines
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY),) $(if $(JSON),--json,)

lock: $(STAMP) ## resolve requirements.lock again
	@$(UV) pip compile pyproject.toml --extra assets --extra train --extra api --extra dev \
	  --generate-hashes --no-header --no-annotate --no-emit-find-links --no-emit-index-url \
	  --python-version 3.11 --no-emit-package torch $(FIND_LINKS) -o requirements.lock --quiet

clean: ## remove what was installed and built; ALL=1 removes .fitsense too
	@rm -rf $(VENV) *.egg-info .pytest_cache .ruff_cache .hypothesis fitsense_dbt/target fitsense_dbt/logs
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@$(if $(ALL),rm -rf .fitsense,true)
