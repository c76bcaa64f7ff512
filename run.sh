#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds the library and the Python package, and runs the main job: the three receptors
# between two Hodgkin-Huxley neurons, then a gamma rhythm of 100 Wang-Buzsaki neurons; then the examples in Python. The
# package goes into build/venv, traces and figures to out/.
set -euo pipefail
cd "$(dirname "$0")"
source cmake/packages.sh
source cmake/python.sh

echo "== Packages"
install_packages build

echo "== Build"
configure_release -DBOUTON_TESTS=OFF
cmake --build --preset release --target bouton_main_job

echo "== Main job"
mkdir -p out
build/release/example/bouton_main_job out

echo "== Python package"
install_python_package

echo "== Examples in Python"
for example in example/python/*.py; do
    echo "-- $example"
    MPLBACKEND=Agg "$venv/bin/python" "$example" out
done
echo "The traces are in $PWD/out, and so are the figures:"
ls "$PWD"/out/*.png
