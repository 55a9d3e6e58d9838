# Everything a person or a machine does with a checkout. `make` lists the targets.

PYTHON ?= python3
# Plain assignments: `make up PORT=8001` sets them, a stray PORT or HOST of the shell does not.
PORT = $(or $(REPRISE_PORT),8000)
HOST = $(or $(REPRISE_HOST),127.0.0.1)
DATA = $(or $(REPRISE_DATA),var)

# Software of other projects (HEASoft, ROS) leaves its own Python here; ours is in .venv alone.
unexport PYTHONPATH PYTHONHOME

VENV := .venv/bin/python
quoted = '$(subst ','\'',$(1))'
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
EXTRAS := --extra batch --extra postgresql --extra redis --extra s3
PLAIN := not shared and not system and not e2e and not contract

.PHONY: help up test test-all e2e contract bench check lint format types imports deptry migrations lock \
	environment-run environment-dev check-entry

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo "  Settings of make up: PORT=$(PORT) DATA=$(DATA) HOST=$(HOST) PYTHON=$(PYTHON)"

environment-run:
	@$(PYTHON) config/bootstrap.py run

environment-dev:
	@$(PYTHON) config/bootstrap.py dev

up: environment-run  ## start the service here and print its address; Ctrl-C stops it
	@exec $(VENV) -m config.supervisor --end-with-parent \
		--host $(call quoted,$(HOST)) --port $(call quoted,$(PORT)) --data $(call quoted,$(DATA))

check-entry: environment-run  ## run an entry and judge it: make check-entry FOLDER=… ARGS="--html a.html"
	@exec $(VENV) -m config.author check $(call quoted,$(FOLDER)) $(ARGS)

test: environment-dev  ## run the tests that need nothing installed
	@exec $(VENV) -m pytest -q -n 2 -m "$(PLAIN)" $(ARGS)

test-all: environment-dev  ## run every test; needs the packages .ci/run installs
	@exec $(VENV) -m pytest -q -m "not contract" $(ARGS)

e2e: environment-dev  ## start the whole service and use it as a reader would
	@exec $(VENV) -m pytest -q -m e2e $(ARGS)

contract: environment-dev  ## a real InvenioRDM and LaTeX; needs PostgreSQL, Redis, pdflatex; not in CI
	@.venv/bin/uv venv --quiet --allow-existing --python $(VENV) .venv-contract
	@.venv/bin/uv pip sync --quiet --require-hashes --python .venv-contract/bin/python \
		requirements/inveniordm.lock
	@REPRISE_CONTRACT_PYTHON=$(CURDIR)/.venv-contract/bin/python \
		$(VENV) -m pytest -q -m contract tests/contracts/inveniordm tests/gallery/test_snippet.py $(ARGS)

bench: environment-dev  ## measure the service beside its peers, on an idle machine
	@exec $(VENV) -m benchmarks.speed $(ARGS)

check: lint types imports deptry migrations  ## run every check that is not a test

lint: environment-dev  ## style and format
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .

format: environment-dev  ## mend style and format where that can be done safely
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

types: environment-dev  ## types
	$(VENV) -m mypy .

imports: environment-dev  ## imports run downward
	.venv/bin/lint-imports

deptry: environment-dev  ## what is imported is declared, and the other way round
	.venv/bin/deptry .

migrations: environment-dev  ## models and migrations agree
	$(VENV) manage.py makemigrations --check --dry-run

lock: environment-dev  ## resolve the locks anew from pyproject.toml
	$(LOCK) $(UPGRADE) pyproject.toml $(EXTRAS) \
		-o requirements/run.lock
	$(LOCK) $(UPGRADE) pyproject.toml $(EXTRAS) --group dev \
		requirements/tests.in -c requirements/run.lock -o requirements/dev.lock
	echo uv | $(LOCK) - -c requirements/run.lock -o requirements/uv.lock
