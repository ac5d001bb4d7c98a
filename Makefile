# `make install` prepares .venv once; every other target calls it where it is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: install demo screenshots bench test test-page test-rest lint clean

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "ClipSeek needs Python 3.11 or newer; name one: make install PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: install
	$(BIN)/clipseek demo --folder demo

screenshots: install
	$(BIN)/python -m benchmarks.screenshots

# Each benchmark writes its figures into docs/benchmarks, and fails where a limit is not kept; the
# README gets what they found.
BENCHMARKS := latency growth ingest memory gpu

bench: install
	@missed=; for name in $(BENCHMARKS); do \
		$(BIN)/python -m benchmarks.$$name || missed="$$missed $$name"; \
	done; \
	$(BIN)/python -m benchmarks.readme; \
	test -z "$$missed" || { echo "limits not kept:$$missed" >&2; exit 1; }

# Side by side: each half waits for much of its time, for browsers and for workers.
test: install
	@$(MAKE) --no-print-directory --jobs=2 test-page test-rest

test-page: install
	$(BIN)/python -m pytest tests/search_ui

test-rest: install
	$(BIN)/python -m pytest tests --ignore tests/search_ui

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
