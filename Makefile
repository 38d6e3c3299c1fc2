# Everything a newcomer or CI needs, as verbs. `make demo` and `make test` are the whole set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SHARED ?= $(or $(DESKPULSE_SHARED),../shared)
export DESKPULSE_SHARED := $(abspath $(SHARED))

.PHONY: demo test check lint types bench drill engines lock clean
.DEFAULT_GOAL := help

help:  ## show the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# the hashed lock first, then the project itself without dependencies
$(READY): requirements/dev.lock requirements/build.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "deskpulse needs Python 3.11 or newer; run: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/build.lock -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(READY)  ## see deskpulse do its job on a simulated Zendesk, without credentials
	$(BIN)/deskpulse demo

test: $(READY)  ## run the tests; what needs a missing server is skipped with the reason
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(READY)  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)  ## mypy, strict
	$(BIN)/mypy

check: lint types test  ## what CI runs

drill: $(READY)  ## kill, stop and starve it, count what is lost; ARGS="--kills 1000" for the full figure
	PYTHONPATH=tests $(BIN)/python -m benchmarks.drills $(ARGS)

bench: $(READY)  ## measure, as ratios in one run
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(ARGS)

# Java and PostgreSQL where they are missing (Debian and its kin), PySpark in an environment of its own
ENGINES := .venv-engines
$(ENGINES)/.ready: requirements/build.lock requirements/dev.lock requirements/engines.lock pyproject.toml
	@if ! command -v java >/dev/null || ! { ls /usr/lib/postgresql/*/bin/initdb || command -v initdb; } >/dev/null 2>&1; then \
		as=$$(test $$(id -u) = 0 || echo sudo); \
		$$as apt-get update -qq && $$as apt-get install -y -qq default-jre-headless postgresql; fi
	$(PYTHON) -m venv $(ENGINES)
	$(ENGINES)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/build.lock -r requirements/dev.lock -r requirements/engines.lock
	$(ENGINES)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

engines: $(ENGINES)/.ready  ## every spec on PostgreSQL and Spark: the values equal DuckDB's
	PYTHONPATH=tests $(ENGINES)/bin/python -W ignore -m benchmarks.engines $(ARGS)

lock:  ## renew the hashed lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --all-extras --group dev pyproject.toml -o requirements/dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/build.in -o requirements/build.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/dev.lock requirements/engines.in -o requirements/engines.lock

clean:  ## remove the environment and what tests left
	rm -rf $(VENV) $(ENGINES) .mypy_cache .ruff_cache .hypothesis demo-out
