# Every target calls `setup`, so that a fresh clone needs no other step.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ELK := $(BIN)/python -m runner
# Two need four GB: each may run an Elasticsearch of its own, and a JRuby.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup dev doctor up down status logs clean backup restore upgrade import-dashboards export-dashboards report render check lint test bench soak lock

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 setup"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/.ready ## Make .venv with the locked dependencies

dev: setup ## .venv, and a Git hook with the quick checks
	@printf '#!/bin/sh\nexec make --no-print-directory lint check\n' > "$$(git rev-parse --git-path hooks)/pre-commit"
	@chmod +x "$$(git rev-parse --git-path hooks)/pre-commit"
	@echo "before each commit: make lint check"

doctor: setup ## Check this machine: what is missing, and what to do
	@$(ELK) doctor

up: setup ## Start the stack (Docker, else embedded), apply templates, feed the samples
	@$(ELK) up

down: setup ## Stop what `up` started; data stays
	@$(ELK) down

status: setup ## Print state, health and document counts
	@$(ELK) status

logs: setup ## Print the logs of the services
	@$(ELK) logs

clean: setup ## Stop and remove data, secrets and downloads of this checkout
	@$(ELK) clean

backup: setup ## Take a snapshot of all documents (NAME=…, COPY_TO=folder elsewhere)
	@$(ELK) backup $(if $(NAME),--name '$(NAME)') $(if $(COPY_TO),--copy-to '$(COPY_TO)')

restore: setup ## Restore a snapshot: NAME=…, and for existing indices ARGS=--missing, --rename or --replace
	@$(ELK) restore $(if $(NAME),'$(NAME)') $(ARGS)

upgrade: setup ## Upgrade the Elastic Stack: VERSION=9.5.2; ARGS=--check only checks
	@$(ELK) upgrade $(VERSION) $(ARGS)

import-dashboards: setup ## Import the dashboards into a running Kibana (KIBANA_URL, KIBANA_CA, KIBANA_USER, …)
	@$(ELK) import-dashboards

export-dashboards: setup ## Export the dashboards from Kibana, and show what a person changed
	@$(ELK) export-dashboards

report: setup ## The dashboards as one HTML page, without Kibana
	@$(ELK) report

render: setup ## Render every generated file from pricing.yaml
	@$(ELK) render

check: setup ## Name generated files that are missing, different or stray
	@$(ELK) check

lint: setup ## ruff and mypy --strict
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/mypy --python-version 3.10 -p holysheep

test: setup ## Lint, drift check and every test that can run here
	@$(MAKE) --no-print-directory lint check
	@$(BIN)/pytest --numprocesses $(WORKERS) --no-loadscope-reorder

bench: setup ## Filter speed, render time and bytes a document, as a table and a file
	@$(BIN)/python -m tests.bench

soak: setup ## An hour of rotation, restarts and outages on a real Filebeat (HOLYSHEEP_SOAK_S, HOLYSHEEP_SOAK_SEED)
	@$(BIN)/python -m tests.filebeat.soak

lock: setup ## Resolve the newest dependencies into requirements.lock
	$(BIN)/python -m pip install --quiet uv && $(BIN)/uv pip compile -q pyproject.toml --extra dev --extra prices --extra classify --extra focus --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --upgrade -o requirements.lock
	$(BIN)/uv pip compile -q tests/client/packages.in --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --upgrade -o tests/client/packages.lock
	$(BIN)/uv pip compile -q elastalert/requirements.in --generate-hashes --universal --python-version 3.12 --no-emit-index-url --no-header --upgrade -o elastalert/requirements.lock
	$(BIN)/uv pip compile -q elastalert/build.in -c requirements.lock --generate-hashes --universal --python-version 3.12 --no-emit-index-url --no-header -o elastalert/build.lock
	$(BIN)/uv pip compile -q pyproject.toml -c requirements.lock --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -o compose/report/requirements.lock
