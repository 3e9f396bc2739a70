# Two commands do everything from a clean clone: `make run` and `make test`. They need make and Python 3.11 or newer.
.DEFAULT_GOAL := help
.PHONY: help setup run test bench lint format lock screenshots clean
PYTHON_FOR := sh scripts/with-python
BIN := .venv/bin

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: ## set up what is missing and serve the platform with demo data on http://127.0.0.1:8000 (PORT=... for another)
	@$(PYTHON_FOR) scripts/run.py

test: ## run everything: lint, types, layers, tests on SQLite and PostgreSQL, browser (ARGS="--only lint,sqlite" for a part)
	@$(PYTHON_FOR) scripts/test.py $(ARGS)

bench: ## measure pages and indicators on a large database, on SQLite and PostgreSQL
	@$(PYTHON_FOR) scripts/environment.py test
	@$(PYTHON_FOR) scripts/postgres.py --if-possible $(BIN)/python -m bench $(ARGS)

lint: ## check style, types and that the tests can be imported, without running them
	@$(PYTHON_FOR) scripts/test.py --only lint,format,types,layers,imports

format: ## put the code into its one format and mend what can be mended
	@$(PYTHON_FOR) scripts/environment.py test
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

setup: ## only make the environment with all that tests need, in .venv
	@$(PYTHON_FOR) scripts/environment.py test

lock: ## choose versions anew within pyproject.toml and write the hashed locks, which carry no address
	@$(PYTHON_FOR) scripts/environment.py test
	@set -e; compile="$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11"; \
	$$compile pyproject.toml --group build -o requirements.lock; \
	$$compile pyproject.toml --group build --group test -c requirements.lock -o requirements-test.lock; \
	$$compile --group accelerator -o requirements-uv.lock

PICTURES := equipe-home-1280 strada-home-390 contact-new-390 card-390 desk-receive-1280 person-1280 case-1280 plan-1280 \
	coordinamento-home-1280 coordinamento-log-1280 ministero-indicators-1280 sign-in-1280 \
	coordinamento-street-outings-1280 street-app-home-light-390 street-app-new-light-390 card-ar-390 help-genova-it-390 \
	referral-thread-1280 own-appointments-ar-390 family-sign-1280 family-meeting-1280 family-week-390 family-helped-1280
screenshots: ## take the pictures of the docs anew, by the browser tests
	@$(PYTHON_FOR) scripts/test.py --only e2e
	@for name in $(PICTURES); do cp test-results/screenshots/$$name.png docs/screenshots/; done

clean: ## remove the environment, caches and results; the data in var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results var/static var/prepared.json
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find lgnet -name '*.mo' -delete
