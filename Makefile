# make run: set up and sort numbers in the network; make test: set up and pass all tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_FOR_TESTS := $(VENV)/.ready-for-tests

.PHONY: run test test-all lint types unit fuzz docs docs-html clean setup setup-tests
.DELETE_ON_ERROR:

run: setup
	@echo "sorting in the network: 5 3 -8 12 0 7"
	@printf '5\n3\n-8\n12\n0\n7\n' | $(BIN)/mlpl run examples/sort.mlpl --stats

test: lint types unit

setup: $(READY)

setup-tests: $(READY_FOR_TESTS)

# The last lines compile the sources, the parser's tables and the executors' kernels once, so that no
# run has to wait for them, even where Python is told to write no bytecode.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "mlpl needs Python 3.11 or later"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . -c constraints.txt
	$(BIN)/python -m compileall -q mlpl
	PYTHONDONTWRITEBYTECODE= $(BIN)/mlpl run examples/hello.mlpl > /dev/null
	$(BIN)/mlpl run examples/hello.mlpl --engine machine > /dev/null
	touch $@

# What only tests need is large: PyTorch and ONNX Runtime.
$(READY_FOR_TESTS): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]' -c constraints.txt
	touch $@

lint: setup-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-tests
	$(BIN)/mypy

unit: setup-tests
	$(BIN)/pytest -n 2

# What takes longer, and what needs Node or Ray.
test-all: test docs-html
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[notebooks,ray]' -c constraints.txt
	$(BIN)/pytest -n 2 tests/extended
	$(BIN)/python -m tests.extended.prove_rewrites

fuzz: setup-tests
	$(BIN)/python -m tests.fuzz

docs: setup-tests
	$(BIN)/python -m mlpl.rules.reference docs/diagnostics.md
	$(BIN)/python -m benchmarks.library
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.operators

# The documentation as a site in build/html; a warning is an error.
docs-html: setup-tests
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]' -c constraints.txt
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/html

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
