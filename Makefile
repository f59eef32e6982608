# Each target installs what it needs. PYTHON=python3.13 chooses another interpreter, PROCESSES=4 more of them for the tests.
PYTHON ?= python3
PROCESSES ?= 2
ROUNDS ?= 200
BIN := .venv/bin
STAMP := .venv/installed
STATIC := COUNTERFOIL_ENV=production DJANGO_SETTINGS_MODULE=tests.support.static_settings

.PHONY: help run code test proofs check lock bench load reset
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 8

run: $(STAMP) ## start Counterfoil with sample companies; Ctrl-C stops it
	@exec $(BIN)/python -m config.demo

code: $(STAMP) ## the code that a sample person is asked for; EMAIL=… says whose
	@$(BIN)/python -m config.demo.codes "$(EMAIL)"

test: $(STAMP) ## run all tests, browser journeys included
	@$(BIN)/python -m tests.support.chromium
	@$(BIN)/pytest -n $(PROCESSES) --dist loadgroup

proofs: $(STAMP) ## kill a worker 200 times amid a sync, then tell 200 stories of banks and people; SEED=… repeats one
	@$(BIN)/pytest -q tests/proofs --rounds=$(ROUNDS) $(if $(SEED),--seed=$(SEED))

check: $(STAMP) ## lint, format, types, import direction, migrations, deployment settings, security
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(STATIC) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(STATIC) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml -ll .

lock: $(STAMP) ## resolve pyproject.toml into the two requirements files
	$(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header \
		--extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

bench: $(STAMP) ## measure reports on sealed data against plain SQL
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.books
	@$(BIN)/python -m tests.benchmarks.record

load: $(STAMP) ## 200 people at once while Redis and the worker are killed; CLIENTS=… and SECONDS=… say how much
	@$(BIN)/python -m tests.load

reset: $(STAMP) ## throw the sample data away
	@$(BIN)/python -m config.demo.reset

$(STAMP): requirements-dev.txt .ci/uv.txt
	@.ci/install $(PYTHON)
