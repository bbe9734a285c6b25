# SCORE Web: every command, `make help` lists them. Needs python3, pip and make; tests also need apt packages (see APT).
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY ?= python3
BIN := .venv/bin
FLASK := $(BIN)/python -m flask --app app
APT := chromium libatomic1 fonts-wqy-microhei fonts-droid-fallback poppler-utils
CJK := fonts-wqy-microhei fonts-droid-fallback
# Are all of these packages installed? A package that was removed but not purged is not.
has = [ "$$(dpkg-query -Wf '$${db:Status-Status}\n' $(1) 2>/dev/null | grep -cx installed)" = $(words $(1)) ]
export PIP_DISABLE_PIP_VERSION_CHECK := 1
ifdef PORT
export PORT
endif
ifdef HOST
export HOST
endif
.PHONY: help run test check bench bench-growth machines torture messages screenshots demo-reset backup restore lock apt licences sbom audit-packages

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Debian's python3 has no ensurepip (python3-venv is a package of its own), so its pip fills the environment from outside.
.venv/.run: requirements.txt
	$(PY) -m venv --without-pip .venv
	$(PY) -m pip --python $(BIN)/python install -q --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	$(PY) -m pip --python $(BIN)/python install -q --require-hashes -r requirements-dev.txt
	@touch $@

apt:
	@$(call has,$(APT)) \
	|| { [ "$$(id -u)" = 0 ] || { echo "The browser tests need Debian packages. As root: apt-get install $(APT)" >&2; exit 1; }; \
	     apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(APT) >/dev/null; }

# PDF files need a Chinese font of the system. Tried once, quietly, where we may: without one everything else works, and the page says so.
.venv/.font: .venv/.run
	@$(call has,fonts-noto-cjk) || $(call has,$(CJK)) || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && timeout 120 sh -c 'apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(CJK)' >/dev/null 2>&1; } || true
	@touch $@

run: .venv/.run .venv/.font ## Set everything up and serve http://127.0.0.1:5000 (PORT= and HOST= change it)
	@$(FLASK) setup
	@exec $(FLASK) serve

test: .venv/.dev apt ## Set everything up and run all tests, on SQLite and PostgreSQL, in a real browser
	$(BIN)/python -m pytest -n 2 --dist loadscope

check: .venv/.dev ## Style, translations and migrations, in seconds
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_translations.py tests/test_migrations.py tests/test_docs.py

bench: .venv/.dev ## Measure pages, saves, sign-in, memory and start against a floor (benchmarks/floor.py), two phones, lists among 200 and 4,000 enterprises
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.filling
	$(BIN)/python -m benchmarks.growth --engine sqlite --small 200 --enterprises 4000 --rounds 25
	$(BIN)/python -m benchmarks.phones

machines: .venv/.dev ## Start PostgreSQL, two machines and nginx, try that they behave as one, and restart them under load
	$(BIN)/python -m benchmarks.machines

bench-growth: .venv/.dev ## Lists among 1,000 and 100,000 enterprises on both databases; half an hour and 5 GB (ENTERPRISES= changes it)
	$(BIN)/python -m benchmarks.growth --enterprises $(or $(ENTERPRISES),100000)

torture: .venv/.dev ## Kill the server in mid-save, 200 times on each database (KILLS=): nothing confirmed may be lost; ask 20,000 absurd things (REQUESTS=)
	$(BIN)/python -m tests.torture --kills $(or $(KILLS),200)
	$(BIN)/python -m tests.fuzz --requests $(or $(REQUESTS),20000)

messages: .venv/.run ## Collect all texts into the Chinese catalogue; what is new waits there for its translation
	@mkdir -p .data
	@$(BIN)/pybabel -q extract --ignore-dirs ".*" -F babel.cfg -k _l -k lazy_gettext -k N_ --no-location --sort-output -o .data/messages.pot .
	@$(BIN)/pybabel -q update -i .data/messages.pot -d translations -l zh --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120
	@$(BIN)/python -m tests.catalogue

screenshots: .venv/.dev apt ## Take the four pictures of docs/images anew
	$(BIN)/python -m docs.screenshots

demo-reset: .venv/.run ## Empty the demo database and fill it anew; refuses a production database
	@$(FLASK) demo reset

backup: .venv/.run ## Copy database and uploaded files while they are in use (FILE= names the copy)
	@$(FLASK) data backup $(FILE)

restore: .venv/.run ## Put a copy back: make restore FILE=… (FORCE=1 replaces the data that are there)
	@$(FLASK) data restore $(FILE) $(if $(FORCE),--force)

licences: .venv/.dev ## Write docs/licences.md from the locks
	@$(BIN)/python -m docs.packages licences

sbom: .venv/.run ## List every package that runs, with licence and hashes, as CycloneDX (.data/sbom.cdx.json)
	@$(BIN)/python -m docs.packages sbom

audit-packages: .venv/.run ## Ask PyPI which locked packages are known to be vulnerable (needs internet)
	@$(BIN)/python -m docs.packages online
	@test -d .data/audit || $(PY) -m venv --without-pip .data/audit
	@$(PY) -m pip --python .data/audit/bin/python install -q pip-audit==2.10.1
	@for lock in requirements.txt requirements-dev.txt; do .data/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; done

lock: ## Pin all packages anew, with hashes (needs uv)
	PIP_CONFIG_FILE=/dev/null uv pip compile -q --no-config --universal --python-version 3.11 --generate-hashes -o requirements.txt requirements.in
	PIP_CONFIG_FILE=/dev/null uv pip compile -q --no-config --universal --python-version 3.11 --generate-hashes -o requirements-dev.txt requirements-dev.in
