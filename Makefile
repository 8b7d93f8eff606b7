# The menu. Each line calls one thing; every one of them sets up first what is missing.
PYTHON ?= python3

.PHONY: run test check bench faults seed test-services setup

run:           ; @$(PYTHON) -m tools.menu run
test:          ; @$(PYTHON) -m tools.menu test
check:         ; @$(PYTHON) -m tools.menu check
bench:         ; @$(PYTHON) -m tools.menu bench
faults:        ; @$(PYTHON) -m tools.menu faults
seed:          ; @$(PYTHON) -m tools.menu seed $(WORLD)
test-services: ; @$(PYTHON) -m tools.menu test-services
setup:         ; @$(PYTHON) -m tools.menu setup
