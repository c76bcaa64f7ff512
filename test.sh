#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds and tests everything: lint, the unit tests with sanitizers, those of threads with
# theirs, the release build with all tests, examples, README programs and the projects of users; then the Python
# package, installed into build/venv. Ends with the summary of pytest; fails if anything does.
set -euo pipefail
cd "$(dirname "$0")"
source cmake/packages.sh
source cmake/python.sh
jobs=$(nproc)

stage() { printf '== [%02d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$1"; }

stage "Packages"
install_packages build test

stage "Lint"
configure_release -DBOUTON_TESTS=ON
python3 cmake/lint/arrows.py
ctest --preset release -L '^lint$'

stage "Sanitizers: build"
cmake --preset asan-ubsan
cmake --build --preset asan-ubsan -j "$jobs"

stage "Sanitizers: unit tests"
ctest --preset asan-ubsan -j "$jobs"

stage "Thread sanitizer: what is shared out among threads"
cmake --preset tsan
cmake --build --preset tsan -j "$jobs"
ctest --preset tsan

stage "Release: build"
cmake --build --preset release -j "$jobs" --target all all_verify_interface_header_sets

stage "Release: all tests"
ctest --preset release -j "$jobs"

stage "Python: package"
install_python_package test

stage "Python: lint"
"$venv/bin/ruff" check python example doc bench

stage "Python: tests"
"$venv/bin/python" -m pytest -q -n "$jobs"
