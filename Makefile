# Each target does its own set-up first; all it creates is under var/, but the compiled catalogues in translations/.

PYTHON ?= $(firstword $(wildcard /usr/bin/python3.11) python3.11)
BIN := var/venv/bin
# Processes that share the tests, each with servers of its own.
WORKERS ?= 2

define set_up
@command -v $(PYTHON) > /dev/null || { echo "✗ Python 3.11 is missing: apt-get install python3.11 python3-venv" >&2; exit 1; }
@$(PYTHON) deploy/dev/bootstrap.py
endef

compile := var/uv/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo up down test check lint audit containers cover leaks proof pictures texts bench lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run the main journey on the platform; DOCUMENTS=folder deposits real documents
	$(set_up) rabbitmq
	@$(BIN)/carnet demo $(if $(DOCUMENTS),--documents "$(DOCUMENTS)")

up: ## start the platform in the foreground; Ctrl-C stops it
	$(set_up) rabbitmq
	@$(BIN)/carnet up

down: ## stop what `make up` started
	$(set_up)
	@$(BIN)/carnet down

test: lint ## lint, then every test, on real servers
	$(set_up) rabbitmq softhsm clamav chromium peers manifests containers
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --durations=20

check: lint ## lint, then the tests of the structure and of the manifests
	$(set_up) manifests
	@$(BIN)/python -m pytest -q tests/architecture tests/deployment

lint: ## style, imports and types
	$(set_up)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

audit: ## probe every operation of the HTTP interface, and scan the source; EXAMPLES=n: random requests to each
	$(set_up) rabbitmq audit
	@$(BIN)/python -m tests.audit $(if $(EXAMPLES),--examples "$(EXAMPLES)")

containers: ## build the images, start everything in containers, run the main journey, kill each during deposits
	$(set_up) containers
	@$(BIN)/python -m tests.containers

cover: ## check that the unit tests cover every branch of the rules
	$(set_up)
	@$(BIN)/python -m coverage run --source=services -m pytest -q tests/unit
	@$(BIN)/python -m coverage report --skip-covered --fail-under=100 --include='services/*/domain.py,services/*/domain/*'

leaks: ## put leaks back in a copy of the checkout, one by one: the test of hidden things must find each
	$(set_up) rabbitmq
	@$(BIN)/python -m tests.journeys.two_worlds.put_back

proof: ## try claims at the scale that is too long for the tests; prints JSON, and goes on where it was stopped
	$(set_up) rabbitmq chromium peers
	@$(BIN)/python -m tests.proof

pictures: ## make the pictures of docs/tour.md again
	$(set_up) rabbitmq chromium peers
	@CARNET_TOUR_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/journeys/test_tour_pictures.py

texts: ## update the catalogues of texts from the code, and compile them
	$(set_up)
	@$(BIN)/python -m deploy.dev.catalogues

bench: ## measure performance relative to its floors; AGAINST=commit compares with that commit
	$(set_up) rabbitmq
	@$(BIN)/python -m bench $(if $(AGAINST),--against "$(AGAINST)")

lock: ## pin the dependencies of pyproject.toml again, with hashes
	@$(PYTHON) -m venv var/uv
	@var/uv/bin/pip install --quiet --disable-pip-version-check uv
	@$(compile) --group dev -o requirements.lock pyproject.toml
	@$(compile) --group audit -o tests/audit/requirements.lock
	@$(compile) --group manifests -o tests/deployment/requirements.lock
	@$(compile) --constraint requirements.lock -o deploy/docker/runtime.lock pyproject.toml
	@$(compile) --constraint requirements.lock --group image-build -o deploy/docker/build.lock
	@$(compile) --constraint requirements.lock --group image-tools -o deploy/docker/tools.lock
	@$(compile) --constraint requirements.lock --group stand-ins -o deploy/docker/stand-ins.lock
