# Everything a developer does with this checkout; `make help` lists it. The work is done by the programs in .make/.
SHELL := /bin/bash
PYTHON := .venv/bin/python
# Each worker takes whole files, with databases of its own; the files in their order, which ends with short ones.
TWO_AT_ONCE = -n 2 --dist loadfile --no-loadscope-reorder
TEST_CLUSTER = "$$(.make/python --any)" -m service.cluster --directory .local/test-cluster
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run stop demo setup test check lint types layers audit bench bench-gis bench-import check-clients fuzz check-injection check-timing check-faults check-writers lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## serve on 127.0.0.1:8000 (PORT=) with a database of its own; the first run sets up and loads the demo
	@$(PYTHON) .make/serve.py run

stop: ## stop the service and its database from another terminal
	@"$$(.make/python --any)" .make/serve.py stop
	@$(TEST_CLUSTER) stop >/dev/null

demo: setup ## load the demo municipality where there is none yet, and print its token
	@$(PYTHON) .make/serve.py demo

setup: ## install what is missing: system packages, .venv with the locked dependencies
	@.make/setup

test: check ## lint, types, layers and all tests, against a database of their own; pytest's summary comes last
	@$(PYTHON) -m pytest $(TWO_AT_ONCE); code=$$?; $(TEST_CLUSTER) stop-if-unused >/dev/null; exit $$code

check: lint types layers audit ## the checks that need no database

lint: setup ## style and format, by ruff
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check

types: setup ## types, by mypy --strict
	@.venv/bin/mypy
	@.venv/bin/mypy .make

layers: setup ## which part may use which, by import-linter
	@.venv/bin/lint-imports

audit: setup ## known vulnerabilities of the locked dependencies, by pip-audit (AUDIT=required: fail where nobody can be asked)
	@$(PYTHON) .make/audit.py

bench: setup ## measure valuation and reports on a million assets
	@$(PYTHON) tests/bench/bench_valuation.py

bench-gis: setup ## measure OGC API Features against TiPg on a million lines (installs TiPg under .local)
	@$(PYTHON) tests/bench/bench_gis.py

bench-import: setup ## measure the import of a million lines beside ogr2ogr
	@$(PYTHON) tests/bench/bench_import.py

check-clients: setup ## read the service with QGIS (apt-get install qgis python3-qgis) and ogr2ogr; PICTURE=map.png draws
	@$(PYTHON) tests/clients/check_clients.py $(PICTURE)

fuzz: setup ## ask all that OpenAPI lets clients ask, by schemathesis with all checks, on a database of its own
	@$(PYTHON) tests/fuzz/fuzz.py

check-injection: setup ## send 50 harmful strings to every place of a string that OpenAPI tells of, and look at all that comes of it
	@$(PYTHON) tests/injection/check_injection.py

check-timing: setup ## whether the time that a refusal takes tells anything of a token; on a quiet machine
	@$(PYTHON) tests/oidc/check_timing.py

check-faults: setup ## kill workers and the database while they import, 20 times; send 200 files at once
	@$(PYTHON) tests/faults/check_faults.py

check-writers: setup ## let 100 clients of two municipalities write at once for a minute, over lines that break
	@$(PYTHON) tests/writers/check_writers.py

lock: ## resolve the dependencies anew into requirements.lock (ARGS="--upgrade")
	@.make/lock $(ARGS)

clean: stop ## remove .venv, caches and the tests' database; the register in .local/cluster stays
	@$(TEST_CLUSTER) remove
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
