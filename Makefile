# Two commands do everything: `make run` and `make test`. Both build .venv once, and again when the lock changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_DATABASE_URL ?= postgresql+psycopg://postgres@127.0.0.1:5432/postgres
PYTEST_ARGS ?= -n 2 --dist worksteal

.PHONY: run setup test test-postgres bench lint format messages lock clean

run: setup
	$(BIN)/polyphony run

setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	rm -f $@
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

test: setup
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# the same suite on PostgreSQL; each test process makes a database of its own there
test-postgres: setup
	TEST_DATABASE_URL="$(TEST_DATABASE_URL)" $(BIN)/python -m pytest $(PYTEST_ARGS)

# speed and memory of media_pipeline against their bars; BENCH_ARGS="--quick photos" for a part
bench: setup
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# find new sentences in code and templates and carry them into every catalogue
messages: setup
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --no-location --sort-output --omit-header --output-file .messages.pot .
	for catalogue in app/web/locale/*.po; do \
	  $(BIN)/pybabel --quiet update --input-file .messages.pot --output-file $$catalogue --locale $$(basename $$catalogue .po) \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 130; \
	done
	rm -f .messages.pot

# uv makes the locks; it is not needed to install them. Hashes stay, addresses are left out. The image gets the smaller one.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --override overrides.txt \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	$(LOCK) --extra dev --upgrade --output-file requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock --output-file requirements.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
