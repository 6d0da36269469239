# Two commands are all that a stranger needs: `make demo` and `make test`.
# Everything is installed into .venv from lock files with hashes; nothing is changed outside it,
# but for a few Debian packages that the tests drive (Chromium, poppler-utils).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
DEMO_OPTIONS ?=
TEST_OPTIONS ?=
TEST_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench calibrate docs soak lock clean

help:
	@echo "make demo    install, start with a demo programme, print the links for participant, evaluator and funder"
	@echo "make test    install what the tests need (Chromium and PostgreSQL included) and run them"
	@echo "make check   style, layers, instruments, plans, templates and documents; runs all and lists every failure"
	@echo "make bench   speed and memory, as ratios measured in one run"
	@echo "make calibrate  how often each default analysis errs, on made-up programmes with a known truth (12 minutes)"
	@echo "make docs    write docs/methods.md and docs/disclosure.md from the worked examples and the engine"
	@echo "make soak    the long runs that are too long for every day"
	@echo "make lock    resolve the dependencies anew and write the lock files"

demo: $(STAMPS)/demo
	@$(BIN)/impact demo $(DEMO_OPTIONS)

test: $(STAMPS)/test $(STAMPS)/chromium
	@$(BIN)/python -m pytest --numprocesses $(TEST_WORKERS) $(TEST_OPTIONS)

check: $(STAMPS)/test
	@sh tests/check.sh $(BIN)

format: $(STAMPS)/test
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

bench: $(STAMPS)/test
	@command -v wrk >/dev/null || sh tests/debian-packages.sh wrk
	@Rscript -e 'library(lme4)' >/dev/null 2>&1 || sh tests/debian-packages.sh r-cran-lme4 || echo "lme4 is left out"
	@test -x $(STAMPS)/peers/bin/python || { $(PYTHON) -m venv $(STAMPS)/peers && \
	  $(STAMPS)/peers/bin/pip install --quiet --disable-pip-version-check statsmodels; } || echo "statsmodels is left out"
	$(BIN)/python -m benchmarks $(BENCH_OPTIONS)

calibrate: $(STAMPS)/test
	nice -n 10 $(BIN)/python -m benchmarks.calibration $(CALIBRATE_OPTIONS)

docs: $(STAMPS)/test
	$(BIN)/python -m tests.spec.book
	$(BIN)/python tests/docs/disclosure_page.py

soak: $(STAMPS)/test
	IMPACT_SOAK=1 $(BIN)/python -m pytest -m soak $(TEST_OPTIONS)

lock:
	$(PYTHON) -m venv $(STAMPS)/lock-tool && $(STAMPS)/lock-tool/bin/pip install --quiet uv
	$(STAMPS)/lock-tool/bin/uv pip compile pyproject.toml --extra demo --extra checkout --universal \
	  --python-version 3.11 --generate-hashes --upgrade --no-header --quiet --output-file requirements.lock
	$(STAMPS)/lock-tool/bin/uv pip compile pyproject.toml --extra demo --extra checkout --extra test --universal \
	  --python-version 3.11 --generate-hashes --upgrade --no-header --quiet \
	  --constraint requirements.lock --output-file requirements-test.lock

clean:
	rm -rf $(VENV) $(STAMPS) test-output

# --- installation; a stamp is older than its lock file when something must be installed anew ---

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "impact needs Python 3.11, 3.12 or 3.13; give one with make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh tests/debian-packages.sh python3-venv
	@$(PYTHON) -m venv $(VENV)

$(STAMPS)/demo: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV), about a minute …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test: requirements-test.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV), one or two minutes …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-test.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/demo

# What the tests drive beside Python: a browser, the library its driver needs, and a reader of PDF text.
$(STAMPS)/chromium: tests/debian-packages.sh Makefile
	@{ command -v chromium && command -v pdftotext && /sbin/ldconfig -p | grep -q libatomic.so.1; } >/dev/null 2>&1 || \
	  sh tests/debian-packages.sh chromium fonts-dejavu-core libatomic1 poppler-utils
	@mkdir -p $(STAMPS) && touch $@
