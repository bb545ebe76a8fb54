# Thin on purpose: every command is a small program in ops/, which needs nothing but Python and explains itself.
# PYTHON only has to start them (3.9 or newer); they find the interpreters of the site and of the bot.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format seed admin train train-triage lock triage-report bot-report clean

help: ## show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install both environments from the hashed lock files
	@$(PYTHON) -m ops.setup

run: ## start the whole platform; Ctrl-C stops it (NUANYANG_PORT=8000)
	@exec $(PYTHON) -m ops.run

test: ## check everything: lint, types, tests, the bot's conversations, journeys in a browser
	@$(PYTHON) -m ops.test

lint: ## ruff and mypy only
	@$(PYTHON) -m ops.lint

format: ## bring the layout of the code in order
	@$(PYTHON) -m ops.setup --for-tests
	@.venv/web/bin/ruff check --fix-only .
	@.venv/web/bin/ruff format .

seed: ## bring the database up to date and load the demonstration data
	@$(PYTHON) -m ops.database

admin: ## make the first administrator of an installation that is not a demonstration
	@$(PYTHON) -m ops.database staff create-admin

train: ## train the bot if its data or code has changed
	@$(PYTHON) -m ops.train

train-triage: ## train the crisis model again (then compare with make triage-report)
	@$(PYTHON) -m ops.train_triage

triage-report: ## print how well crisis language is recognised, and what is missed
	@$(PYTHON) -m ops.triage_report

bot-report: ## how well the bot understands; teach it a line with INTENT=... LINE="..."
	@$(PYTHON) -m ops.bot_report "$(INTENT)" "$(LINE)"

lock: ## compile ops/requirements/*.in into hashed lock files again
	@$(PYTHON) -m ops.lock

clean: ## remove the environments and the trained bot; the data in var/ stays
	rm -rf .venv bot/models bot/.rasa
