# Needs Python 3.11+ (with venv) and make. Everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
# Workers of the tests: one more than the cores of a small machine, since those with a browser wait now and then.
JOBS ?= 3
# What `test-engines` runs on a shared store, too.
SHARED ?= tests/data

.PHONY: run test test-all test-engines lint bench words torture clean

run: .venv/product
	$(BIN)/python cli.py sample nordlys --if-empty
	$(BIN)/python -m streamlit run server.py

# The tests of a file stay together, so that what a file's tests share is made once.
test: .venv/tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

# Everything: `test`, and what asks real engines, in an environment of its own (the product runs without its packages).
test-all: test test-engines

test-engines: .venv/engines/ready
	.venv/engines/bin/python -m pytest -m engines tests/engines
	NEEDLE_TEST_STORE=lake .venv/engines/bin/python -m pytest -n $(JOBS) --dist loadfile $(SHARED)

lint: .venv/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/audit

words: .venv/product
	$(BIN)/python -m pages.languages.collect

bench: .venv/bench
	$(BIN)/python -m benchmarks

# Hundreds of kill -9 over every kind of write, then readers and writers at once; NEEDLE_KILLS and NEEDLE_MINUTES scale.
torture: .venv/tests
	$(BIN)/python -m tests.torture

.venv/uv:
	$(PYTHON) -c "import sys; sys.exit('Needle needs Python 3.11 or newer, found %d.%d: make PYTHON=python3.11' % sys.version_info[:2] if sys.version_info < (3, 11) else 0)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	touch $@

.venv/product: requirements.txt | .venv/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.txt
	touch $@

.venv/tests: tests/requirements.txt requirements.txt | .venv/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r tests/requirements.txt
	touch $@ .venv/product

.venv/engines/ready: tests/engines/requirements.txt tests/requirements.txt requirements-warehouse.txt requirements-shared.txt requirements.txt | .venv/uv
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/engines
	$(BIN)/uv pip install --quiet --python .venv/engines/bin/python --compile-bytecode -r tests/engines/requirements.txt
	touch $@

.venv/bench: benchmarks/requirements.txt .venv/product | .venv/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r benchmarks/requirements.txt
	touch $@

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
