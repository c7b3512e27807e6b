# `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
# Two builds at a time would wait for one another, and need twice the memory.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run run-local test build check lint-format format mutants mutants-local bench coverage fuzz sanitize schemas completions clean \
    packages services services-stop otlp-messages vector-client install uninstall deb image

JOBS ?= 2
# Side by side, tests that measure time wait for one another longer than they allow.
TESTS_AT_A_TIME ?= 1
FUZZ_SECONDS ?= 10
PLUMB := .build/release/plumb
PACKAGES := git pkg-config libyaml-dev libcurl4-openssl-dev libjq-dev libssl-dev libpq-dev libsqlite3-dev
SOURCES := Package.swift Sources Tests
# Where `make install` puts things; scripts/install tells of the folders of completions.
PREFIX ?= /usr/local
export PREFIX DESTDIR BASH_COMPLETIONS ZSH_COMPLETIONS FISH_COMPLETIONS

help: ## Lists these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run: build ## Runs scenarios/ on the embedded profile; the reports go to reports/
	@mkdir -p reports
	$(PLUMB) run scenarios --profile embedded \
	    --report junit=reports/junit.xml --report markdown=reports/summary.md --report json=reports/report.json \
	    --report html=reports/report.html

run-local: build services ## Runs scenarios/ on the local profile, against a PostgreSQL and a Prometheus of this project's own
	@mkdir -p reports
	$(PLUMB) run scenarios --profile local \
	    --report junit=reports/junit-local.xml --report markdown=reports/summary-local.md \
	    --report json=reports/report-local.json

services: ## Starts the services of the local profile; fetches them the first time
	@scripts/install-packages python3
	@scripts/services start

services-stop: ## Stops them; their data stay
	@scripts/services stop

test: packages ## Builds and runs all tests
	@scripts/install-packages curl jq openssl libxml2-utils python3
	@scripts/unpack-metrics-servers || echo "the tests that ask real metrics servers are skipped"
	swift build --build-tests -j $(JOBS)
	PLUMB_POSTGRES_BIN=$$(scripts/postgres-server); export PLUMB_POSTGRES_BIN; \
	    swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width $(TESTS_AT_A_TIME)
	@# Tables of vectors need a server of their own, with pgvector.
	if bin=$$(scripts/postgres-server --vector); then \
	    PLUMB_POSTGRES_BIN=$$bin swift test --skip-build --disable-xctest --no-parallel --filter PGVectorTests; \
	else echo "the tests of pgvector's tables are skipped"; fi

build: packages ## Builds .build/release/plumb
	swift build -c release --static-swift-stdlib --product plumb -j $(JOBS)

check: lint-format test ## Checks the format, then runs all tests

lint-format: ## Checks the format of all Swift files
	swift format lint --strict --recursive $(SOURCES)

format: ## Formats all Swift files
	swift format --in-place --recursive $(SOURCES)

otlp-messages: ## Installs OpenTelemetry's own messages for Python, with which a test reads what is sent, into .build/
	python3 -m venv .build/python-otlp
	.build/python-otlp/bin/pip install --quiet opentelemetry-proto

vector-client: ## Installs Qdrant's own client for Python, which two tests use, into .build/
	python3 -m venv .build/python-qdrant
	.build/python-qdrant/bin/pip install --quiet qdrant-client

mutants: build ## Proves each scenario against a sandbox that is broken on purpose
	@scripts/install-packages jq
	scripts/mutants

mutants-local: build services ## Proves scenarios against a PostgreSQL and a Prometheus that are broken on purpose
	@scripts/install-packages jq
	scripts/mutants --profile local

fuzz: packages ## Reads damaged texts of all formats, FUZZ_SECONDS (10) for each of some twenty-five seeds
	scripts/fuzz $(FUZZ_SECONDS)

coverage: packages ## Runs all tests, and tells how many lines of Sources/ they reach
	@scripts/install-packages curl jq openssl libxml2-utils python3 bsdextrautils
	scripts/coverage

sanitize: packages ## Runs all tests under AddressSanitizer, then under ThreadSanitizer; an hour
	@scripts/install-packages curl jq openssl libxml2-utils python3
	scripts/sanitize address
	scripts/sanitize thread

bench: build ## Measures Plumb, beside Hurl where that can be had; prints a Markdown table
	@scripts/install-packages nginx python3 gcc jq hey
	bench/run
	bench/sql
	bench/vector
	bench/metric
	bench/load
	bench/fault

schemas: build ## Writes schemas/ anew
	@mkdir -p schemas
	@for name in scenario config report event load; do \
	    $(PLUMB) schema $$name > schemas/.$$name.new; \
	    mv schemas/.$$name.new schemas/$$name.json; \
	    echo "schemas/$$name.json"; \
	done

completions: build ## Writes completions for bash, zsh and fish to .build/completions/
	@mkdir -p .build/completions
	@for shell in bash zsh fish; do \
	    $(PLUMB) --generate-completion-script $$shell > .build/completions/plumb.$$shell; \
	    echo ".build/completions/plumb.$$shell"; \
	done

# So that `sudo make install` behind `make build` builds nothing: root need not have Swift.
$(PLUMB): Package.swift $(shell find Sources -type f)
	@$(MAKE) --no-print-directory build

install: $(PLUMB) ## Installs the program, its completions and manual; PREFIX=/usr/local, DESTDIR=
	@scripts/install-packages jq binutils
	@scripts/install $(PLUMB)

uninstall: ## Takes away what `make install` put there
	@scripts/install --remove

deb: $(PLUMB) ## Makes a Debian package, .build/plumb_VERSION_ARCHITECTURE.deb
	@scripts/install-packages jq binutils dpkg-dev xz-utils
	@scripts/debian-package $(PLUMB) .build

image: ## Makes an image with Docker, plumb:VERSION; builds in a container, not here
	docker build --tag plumb:latest .
	docker tag plumb:latest "plumb:$$(docker run --rm plumb:latest --version)"

clean: ## Removes what was built and reported
	rm -rf .build reports bench/.cache

packages:
	@scripts/install-packages $(PACKAGES)
