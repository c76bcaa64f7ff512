#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds the library and runs the main job: the three receptors between two Hodgkin-Huxley
# neurons, then a gamma rhythm of 100 Wang-Buzsaki neurons. Its traces go to out/.
set -euo pipefail
cd "$(dirname "$0")"
source cmake/packages.sh

echo "== Packages"
install_packages build

echo "== Build"
cmake --preset release -DBOUTON_TESTS=OFF
cmake --build --preset release --target bouton_main_job

echo "== Main job"
mkdir -p out
build/release/example/bouton_main_job out
echo "The traces are in $PWD/out."
