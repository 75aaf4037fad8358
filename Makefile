# `make run` evaluates both studies, `make test` checks everything, `make bench` measures. Each builds what it needs first.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin

# Set as variables because pip hands them on to the environments it builds packages in; older pips read the first, newer both.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt

.PHONY: run test coverage bench clean
.DELETE_ON_ERROR:

run: .venv/run.stamp
	$(BIN)/criterium run cohorts/lu177-salvage
	$(BIN)/criterium run cohorts/mibg-dose-intensified

test: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy --strict engine/criterium benchmarks
	$(BIN)/python -m pytest -n $(WORKERS)

coverage: .venv/test.stamp
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

bench: .venv/run.stamp
	@set -e; for script in benchmarks/bench_*.py; do \
		echo "== $$script"; \
		$(BIN)/python -m "benchmarks.$$(basename "$$script" .py)"; \
	done

clean:
	rm -rf .venv dist htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# The test set-up is the run set-up and more, so it counts as both.
.venv/test.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch .venv/run.stamp $@
