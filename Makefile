# Two commands: `make demo` to try it, `make test` to check it. `make help` lists the others.
.PHONY: help setup demo test bare packaged docs lint fmt bench faults lighthouse wapiti fuzz requirements clean
.DEFAULT_GOAL := help

PORT ?= 8000

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: ## install everything and fill the database; safe to repeat
	@tools/setup

demo: ## set up, then run web, worker and mailbox until Ctrl-C; PORT=8123 for another port
	@tools/demo $(PORT)

test: ## install what tests need, then lint and all tests
	@tools/test

bare: ## as root: try both commands on a bare Debian 12 (debootstrap), then delete it; an hour
	@tools/bare

packaged: ## as root: build the image and run the services of compose.yaml from it; ten minutes
	@tools/packaged

docs: ## build the documentation as a site in build/docs
	@tools/docs

lint: ## style, types, import rules, migrations, deployment settings
	@tools/install --tests
	@tools/lint

fmt: ## format the code
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

bench: ## run the benchmarks
	@tools/install --tests
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; .venv/bin/python -m benchmarks.$$(basename $$file .py) || exit 1; done

faults: ## send 1,000 letters amid kills and other faults; SEED=42 repeats the same faults
	@tools/faults

lighthouse: ## run Lighthouse on the landing page and the builder; takes minutes, not part of `make test`
	@tools/lighthouse

wapiti: ## run the scanner wapiti on a separate demo; half an hour; WAPITI_SECONDS=30 for each kind of attack, not 120
	@tools/wapiti

fuzz: ## try 10,000 new inputs on every form, the pack loader, returned mail and headers, on PostgreSQL; hours
	@tools/install --tests
	@HYPOTHESIS_PROFILE=fuzz .venv/bin/python -m tests.servers .venv/bin/python -m pytest -n auto --dist loadgroup tests/fuzz tests/campaign/content/test_parsing.py \
		tests/letters/bounces/test_apply.py tests/letters/mail/test_mime.py tests/letters/mail/test_messages.py tests/letters/writing/test_compose.py

PIN = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements"

requirements: ## pin what requirements/*.in ask for
	@tools/install --tests
	@for name in base dev node docs wapiti; do $(PIN) requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## delete what was built, but never data/
	rm -rf build node_modules .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
