# Everything that is done to this tree, in one word each. A fresh Debian needs git, make and python3 (3.11 or newer).
#
#   make demo     the whole helpdesk at work, with its own IMAP and SMTP servers; nothing to configure
#   make test     the tests; installs the Debian packages that they need when run as root, else names them
#   make check    style, types, import rules and house rules, then the tests
#   make bench    the measurements
#   make fuzz     50,000 broken messages, then bombs, each through a whole helpdesk; MAILBOT_CORPUS=DIR breaks those too
#   make corpus   how right messages are read whose meaning is known: CORPUS=DIR is a folder with its own score.py
#   make kill     the long rehearsal of sudden death: 500 mails, the daemon killed 30 times (half a minute)
#   make month    a month with a thousand tickets, every notice accounted for; a week down; thirty days of machines
#   make gallery  a picture of every mail, in both languages, widths and colour schemes, into gallery/ (some minutes)
#   make docs     write the generated part of README.md anew
#   make lock     solve the dependencies anew and write requirements/*.txt with their hashes
#   make clean    remove what the others made
#
#   make test ARGS="-k quoting -x"    passes arguments to pytest;  PYTHON=python3.13 chooses an interpreter for .venv

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check bench kill month gallery fuzz corpus docs lock clean packages demo-env dev-env

PYTHON ?=
ARGS ?=
CORPUS ?=
BIN := .venv/bin

help:
	@sed -n 's/^#   //p' Makefile

demo: demo-env
	@$(BIN)/mailbot demo $(ARGS)

test: packages dev-env
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

check: packages dev-env
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy mailbot tests bench
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_house.py
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

bench: packages dev-env
	$(BIN)/python -m bench $(ARGS)

fuzz: dev-env
	cd tests && PYTHONPATH=..:. ../$(BIN)/python -m fuzz.run $(ARGS)
	cd tests && PYTHONPATH=..:. ../$(BIN)/python -m fuzz.explode

corpus:
	@test -f "$(CORPUS)/score.py" || { echo "make corpus CORPUS=DIR: DIR is a folder with score.py and messages" >&2; exit 2; }
	@PYTHON="$(PYTHON)" .ci/environment demo
	@$(BIN)/python "$(CORPUS)/score.py" $(ARGS) -- $(BIN)/mailbot parse --json

kill: packages dev-env
	cd tests && ../$(BIN)/python -m crash.run $(ARGS)

month: packages dev-env
	cd tests && PYTHONPATH=..:. ../$(BIN)/python -m month.run $(ARGS)

gallery: packages dev-env
	cd tests && PYTHONPATH=..:. ../$(BIN)/python -m pictures.run ../gallery $(ARGS)

docs: dev-env
	@.ci/docs

lock:
	@.ci/lock

clean:
	rm -rf .venv .venv-lock dist build demo-out gallery .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments are made again only when the lock or pyproject.toml changes; .ci/environment sees to that.
demo-env:
	@PYTHON="$(PYTHON)" .ci/environment demo

dev-env:
	@PYTHON="$(PYTHON)" .ci/environment dev

packages:
	@.ci/packages
