#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds bouton, makes environments with other simulators and measures all, or the scenarios
# that are named: ./bench.sh kinetic --neurons 4000. `./bench.sh --help` says what else can be chosen. The table goes to
# build/bench/results.md.
set -euo pipefail
cd "$(dirname "$0")"
source cmake/packages.sh

install_packages build bench
exec python3 -B bench/run.py "$@"
