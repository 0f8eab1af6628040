# The one door for people. Everything lives in .venv inside this checkout; nothing else on the machine is touched.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
BENCH := .venv-bench
CLIENTS := .venv-clients
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Slow lines and mirrors: what pip was told about this machine holds for uv as well.
export UV_LINK_MODE ?= copy
export UV_HTTP_TIMEOUT ?= 180
export CARGO_NET_RETRY ?= 5
# Built on the machine that runs it: use what its processor has. Results do not depend on it (money is integers, and the
# compiler does not reorder floats). A build for other machines sets RUSTFLAGS to nothing.
export RUSTFLAGS ?= -C target-cpu=native
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
ifdef PIP_CERT
export SSL_CERT_FILE ?= $(PIP_CERT)
endif
PYTEST_ARGS ?=
BENCH_ARGS ?=
SOAK_ARGS ?=
CHAOS_ARGS ?=
CLIENTS_ARGS ?=
EXAMPLES ?= 100

NATIVE_SOURCES := $(shell find native -name target -prune -o \( -name '*.rs' -o -name '*.toml' -o -name Cargo.lock \) -print)
SCREEN_SOURCES := schema/openapi.json $(shell find web \( -name node_modules -o -name out -o -name .next \) -prune -o -type f ! -name schema.ts \
    ! -name next-env.d.ts ! -name '*.tsbuildinfo' ! -name '*.test.ts*' ! -name '*.md' -print)
PACKAGES := web/node_modules/.installed
SCREEN := web/.next/built
ifeq ($(wildcard web/out/index.html),)
MISSING_SCREEN := always
endif
ifeq ($(wildcard src/parrot/_core*.so src/parrot/_core*.pyd),)
MISSING_MODULE := always
endif

.PHONY: help build wheel up test test-native test-screen test-python check format bench soak chaos venues-chaos clients interface lock clean always

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

build: $(STAMPS)/native $(SCREEN) ## create .venv with Parrot, the parrot command and the development tools, and the screen
	@echo "Parrot is built: $(BIN)/parrot"

wheel: build ## pack Parrot with its screen into dist/, for machines like this one
	@rm -rf src/parrot/web && cp -R web/out src/parrot/web
	@$(BIN)/maturin build --release --locked --quiet --out dist || { rm -rf src/parrot/web; exit 1; }
	@rm -rf src/parrot/web; ls dist/*.whl

up: build ## build, trade on paper with two example strategies, show it on http://localhost:8000
	@$(BIN)/parrot up

test: build ## build, then run every test (Rust, screen and Python)
	@status=0; $(MAKE) test-native || status=1; $(MAKE) test-screen || status=1; $(MAKE) test-python || status=1; exit $$status

test-native: ## only the tests of the Rust workspace
	@echo "== native: cargo test (budget 180 s)"; start=$$SECONDS; status=0; \
	cargo test --manifest-path native/Cargo.toml --workspace --locked --quiet || status=$$?; \
	echo "== native: $$((SECONDS - start)) s of 180 s"; exit $$status

test-screen: $(SCREEN) ## only the tests of the screen's shared parts
	@echo "== screen: vitest (budget 30 s)"; start=$$SECONDS; status=0; (cd web && npm test --silent) || status=$$?; \
	echo "== screen: $$((SECONDS - start)) s of 30 s"; exit $$status

test-python: $(STAMPS)/native $(SCREEN) ## only the tests in Python
	@echo "== python: pytest side by side (they wait for platforms and browsers more than they compute), then what measures time alone (budgets by part are printed at the ends)"
	@status=0; nothing=5; \
	run() { local ended=0; $(BIN)/python -m pytest "$$@" $(PYTEST_ARGS) || ended=$$?; \
	    [ $$ended = 0 ] || [ $$ended = $$nothing ] || status=$$ended; }; \
	run -n 2 --dist loadfile -m "not alone"; run -m alone; exit $$status

soak: build ## ten million random commands through the matching engine and its model, then its properties (SOAK_ARGS="--commands 50000")
	@$(BIN)/python -m tests.reference.exchange $(SOAK_ARGS)
	@PROPTEST_CASES=100000 PARROT_FUZZ_SECONDS=120 cargo test --manifest-path native/Cargo.toml --release --locked --quiet \
	    -p parrot-matching --test rules

chaos: build ## 200,000 seeds of the simulated order path, then every crash point (CHAOS_ARGS="--seeds 5000 --resume")
	@$(BIN)/python -m tests.simulation $(CHAOS_ARGS)
	@PARROT_CRASH_POINTS=0 $(BIN)/python -m pytest -q tests/simulation/crash

venues-chaos: build ## 10,000 orders over ccxt to the simulated exchange while faults go on (CHAOS_ARGS="--orders 2000 --seed 7")
	@$(BIN)/python -m tests.venues $(CHAOS_ARGS)

interface: build ## hundreds of requests to each route of the interface, possible ones and impossible ones (EXAMPLES=100)
	@PARROT_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -q --timeout 3000 tests/end_to_end/test_interface.py

check: build ## format, lint, types, import contracts, dependencies, stubs
	@.ci/check $(BIN)

format: build ## rewrite the sources in the house format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@cargo fmt --manifest-path native/Cargo.toml --all

bench: build $(STAMPS)/bench ## compare speed with peers, which live in an environment of their own (BENCH_ARGS="--quick --only bars")
	@PEERS_PYTHON=$(CURDIR)/$(BENCH)/bin/python $(BIN)/python benchmarks/run.py $(BENCH_ARGS)

clients: build $(STAMPS)/clients ## let unmodified clients of other houses trade on the exchange (CLIENTS_ARGS="freqtrade")
	@$(BIN)/python -m tests.clients --environments $(CLIENTS) $(CLIENTS_ARGS)

lock: $(STAMPS)/tools ## compile the lock files anew from pyproject.toml and requirements/*.in
	@for name in bootstrap dev bench $(patsubst requirements/%.in,%,$(wildcard requirements/clients-*.in)); do \
	    project=; if [ $$name = dev ]; then project=pyproject.toml; fi; \
	    $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --universal \
	        $$project requirements/$$name.in -o requirements/$$name.lock; \
	    echo "requirements/$$name.lock"; \
	done

clean: ## remove everything that was built
	rm -rf $(VENV) $(BENCH) $(CLIENTS) native/target src/parrot/_core*.so .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache web/node_modules web/out web/.next

# A venv with the pinned uv; the machine is examined first, so that what is missing is named before anything fails.
$(BIN)/uv: requirements/bootstrap.lock requirements/machine
	@python=$$(requirements/machine) && "$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

$(STAMPS)/tools: $(BIN)/uv requirements/dev.lock
	@mkdir -p $(STAMPS)
	@$(BIN)/uv pip sync --quiet --require-hashes requirements/dev.lock
	@touch $@

# maturin installs the package editable and puts the compiled module beside its sources.
$(STAMPS)/native: $(STAMPS)/tools pyproject.toml $(NATIVE_SOURCES) $(MISSING_MODULE)
	@echo "Building the Rust core; the first time takes a minute or two."
	@$(BIN)/maturin develop --release --uv --locked --quiet
	@touch $@

# The screen, exported as files that parrot up serves. npm puts its packages into web/node_modules, from the lock file only.
$(PACKAGES): web/package-lock.json
	@requirements/machine >/dev/null
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(SCREEN): $(PACKAGES) $(SCREEN_SOURCES) $(MISSING_SCREEN)
	@echo "Building the screen."
	@mkdir -p web/.next; log=web/.next/build.log; (cd web && NEXT_TELEMETRY_DISABLED=1 npm run build --silent) >$$log 2>&1 || { cat $$log >&2; exit 1; }
	@touch $@

# Peers pin what they like without touching Parrot's own packages.
$(STAMPS)/bench: $(BIN)/uv requirements/bench.lock
	@mkdir -p $(STAMPS)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(BENCH)
	@$(BIN)/uv pip sync --quiet --python $(BENCH) --require-hashes requirements/bench.lock
	@touch $@

# Every client in an environment of its own: some have packages of the same name.
$(STAMPS)/clients: $(BIN)/uv $(wildcard requirements/clients-*.lock)
	@mkdir -p $(STAMPS)
	@for lock in $(filter %.lock,$^); do \
	    name=$${lock#requirements/clients-}; name=$${name%.lock}; \
	    $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(CLIENTS)/$$name; \
	    $(BIN)/uv pip sync --quiet --python $(CLIENTS)/$$name --require-hashes $$lock; \
	done
	@touch $@
