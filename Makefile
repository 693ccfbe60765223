# What each target needs from Debian is installed when it is missing, and said.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.PHONY: demo test bench build install format fuzz sanitize group timing

# Test data from outside lies beside the repository, or where the environment says.
ifeq ($(origin CORDON_CORPORA),undefined)
ifneq ($(wildcard ../shared/corpora),)
CORDON_CORPORA := $(abspath ../shared/corpora)
endif
endif
ifneq ($(CORDON_CORPORA),)
export CORDON_CORPORA
endif

PREFIX ?= /usr/local
SYNTHEA := fhir-synthea/bundles/v24-7dc94cc0-8c2e-4835-9994-cecbe894bcbf.json.gz

demo:
	@.ci/packages build
	swift build --product cordon
	swift build --product cordon-gateway
	bundle="$${BUNDLE:-}"
	if [ -z "$$bundle" ] && [ -f "$${CORDON_CORPORA:-}/$(SYNTHEA)" ]; then
	    bundle=$$(mktemp --suffix=.json)
	    trap 'rm -f "$$bundle"' EXIT
	    gzip -dc "$$CORDON_CORPORA/$(SYNTHEA)" > "$$bundle"
	fi
	.build/debug/cordon demo --bundle "$${bundle:-fixtures/records/ana.json}"

test:
	@.ci/packages build test
	.ci/test

# Ratios against named peers; the figures of RESULTS.md come from here. What is measured as a whole program is what is installed. All of
# it takes some minutes; `make bench ONLY="ledger gateway"` runs some groups, of sealing, proofs, tree, ledger, gateway, growth, scanning, cedar,
# files, start and deposit, and ONLY=timing asks whether two worlds can be told apart by their answers' times.
bench: build
	@.ci/packages bench
	export CORDON_STATIC_LIBRARIES="$$PWD/.build/static-libraries"
	swift build -c release --static-swift-stdlib --product Benchmarks
	.build/release/Benchmarks $(ONLY)

# Whether the time of what works on secrets depends on them, by statistics: some minutes, best on an idle machine.
timing:
	@.ci/packages build
	swift build -c release --product Benchmarks
	.build/release/Benchmarks constant-time

# The C libraries and the C++ runtime are linked from their archives, found through a folder that holds nothing else. libc and libm stay
# shared.
build:
	@.ci/packages build
	mkdir -p .build/static-libraries
	for library in crypto gmp sodium sqlite3 stdc++ z; do
	    ln -sf "$$(cc -print-file-name=lib$$library.a)" .build/static-libraries/
	done
	export CORDON_STATIC_LIBRARIES="$$PWD/.build/static-libraries"
	swift build -c release --static-swift-stdlib --product cordon
	swift build -c release --static-swift-stdlib --product cordon-gateway

# Programs without their symbols, which are two thirds of them; what the shell completes, manual pages, and a unit to be copied. All but
# the unit come from the programs themselves.
install: build
	@.ci/packages install
	share="$(DESTDIR)$(PREFIX)/share"
	install -d "$(DESTDIR)$(PREFIX)/bin" "$$share/man/man1" "$$share/doc/cordon" \
	    "$$share/bash-completion/completions" "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d"
	for program in cordon cordon-gateway; do
	    install -s -m 755 ".build/release/$$program" "$(DESTDIR)$(PREFIX)/bin"
	    complete=(".build/release/$$program" --generate-completion-script)
	    "$${complete[@]}" bash > "$$share/bash-completion/completions/$$program"
	    "$${complete[@]}" zsh > "$$share/zsh/site-functions/_$$program"
	    "$${complete[@]}" fish > "$$share/fish/vendor_completions.d/$$program.fish"
	    .ci/manual ".build/release/$$program" > "$$share/man/man1/$$program.1"
	done
	install -m 644 docs/cordon-gateway.service docs/operation.md "$$share/doc/cordon"

format:
	swift format format --in-place --recursive Package.swift Benchmarks Fuzz Sources Tests

# Twenty minutes for all targets together, which is a minute for each on two processors; `make fuzz SECONDS=7200` for longer.
fuzz:
	@.ci/packages build fuzz
	.ci/fuzz $(or $(SECONDS),1200)

# The tests once under each sanitizer; each builds everything anew.
sanitize:
	@.ci/packages build test
	.ci/sanitize address
	.ci/sanitize thread

# The group of proofs derived anew, twice: by us with the whole search, and by Python with gmpy2 from PyPI.
group:
	@.ci/packages build test bench
	CORDON_SLOW=1 swift test --filter DerivationTests
	[ -d .build/gmpy2 ] || { python3 -m venv .build/gmpy2 && .build/gmpy2/bin/pip install --quiet gmpy2; }
	.build/gmpy2/bin/python -B Tests/External/check_group.py --search
