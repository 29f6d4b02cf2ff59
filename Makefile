# Balcão. Needs Python 3.11 or later with venv, and make; everything else is installed into .venv.
# Plain `make` lists the commands.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3.14 python3 python,$(if $(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo yes),$(p))))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
PYTEST := $(BIN)/python -m pytest
COVERAGE := COVERAGE_FILE=$(VENV)/.coverage $(BIN)/coverage

# npm and the test tools come from .venv; the rest of the caller's environment stays as it is.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Where Python may not keep what it compiled, every process of the desk takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# ---------------------------------------------------------------- running it

.PHONY: serve
serve: $(VENV)/.installed ## The whole desk with demo data, on http://127.0.0.1:8000
	@$(BIN)/balcao assets
	@exec $(BIN)/balcao serve --demo

.PHONY: setup
setup: $(VENV)/.installed ## Install, build the assets and catalogues, make the database
	@$(BIN)/balcao assets
	@$(BIN)/balcao setup

# ---------------------------------------------------------------- trying it

.PHONY: test test-policy test-sqlite test-postgres test-browser
test: test-policy test-sqlite test-postgres test-browser ## Every test: SQLite, PostgreSQL, browser

# The pure rooms know no database, so they run once; every branch of the policy is covered.
test-policy: prepare
	$(COVERAGE) erase
	$(COVERAGE) run --source=balcao/policy -m pytest -p no:django -q balcao/policy
	$(COVERAGE) combine --quiet
	$(COVERAGE) report --include='balcao/policy/*' --fail-under=100

test-sqlite: prepare
	$(PYTEST) --engine=sqlite -q --ignore=balcao/policy

test-postgres: prepare
	$(PYTEST) --engine=postgres -q --ignore=balcao/policy --ignore=balcao/lib

test-browser: prepare
	$(PYTEST) --engine=postgres -q --dist=loadfile --no-loadscope-reorder -m browser tests/browser

.PHONY: stress
stress: prepare ## Full-size races, kills and floods
	$(PYTEST) --engine=sqlite -q -n0 -m stress balcao tests
	$(PYTEST) --engine=postgres -q -n0 -m stress balcao tests

.PHONY: coverage
coverage: prepare ## What the tests on SQLite reach, line by line
	$(COVERAGE) erase
	$(COVERAGE) run -m pytest -q
	$(COVERAGE) combine --quiet
	$(COVERAGE) report

.PHONY: bench
bench: prepare ## Measure the main pages and jobs
	$(BIN)/python -m tests.bench

.PHONY: icons
icons: prepare ## Draw the app's icons from their SVGs, to be committed
	$(BIN)/python -m tools.app_icons

.PHONY: shots
shots: prepare ## Screenshots of the main screens, into shots/ and docs/pictures/
	$(BIN)/python -m tests.browser.shots

# ---------------------------------------------------------------- keeping it

.PHONY: check
check: prepare ## Style, types, rooms, templates, migrations, translations, deployment
	@$(BIN)/python -m tools.check

.PHONY: fmt
fmt: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

.PHONY: messages
messages: $(VENV)/.installed-dev ## Bring the translation catalogues up to date with the sources
	$(BIN)/python -m tools.translations --update

.PHONY: lock
lock: $(VENV)/.installed-dev ## Resolve requirements/*.in again
	for part in base build dev; do \
	  $(BIN)/uv pip compile --quiet --universal --no-header --generate-hashes --python-version 3.11 \
	    requirements/$$part.in -o requirements/$$part.txt || exit 1; \
	done

.PHONY: clean
clean: ## Remove what was installed and built; the data in var/ stays
	rm -rf $(VENV) node_modules build *.egg-info balcao/web/static balcao/locale/*/LC_MESSAGES/*.mo
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# ---------------------------------------------------------------- how it is installed

.PHONY: prepare
prepare: $(VENV)/.installed-dev
	@$(BIN)/balcao assets

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Balcão needs Python 3.11 or later: install it (on Debian: apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Balcão needs Python's venv module: install it (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing into $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)

# The build tools first: a part that comes as source is built with them, never with unlocked ones.
$(VENV)/.installed: requirements/base.txt requirements/build.txt requirements/base.in pyproject.toml | $(BIN)/python
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes --no-build-isolation -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt $(VENV)/.installed
	@$(PIP) --require-hashes --no-build-isolation -r requirements/dev.txt
	@touch $@
