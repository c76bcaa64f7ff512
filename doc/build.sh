#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the documentation into build/doc/html: installs what is missing, puts the package into build/venv, runs the
# examples and the pages for their figures, and calls Doxygen and Sphinx. Any warning is an error. When everything is
# installed it needs no network.
set -euo pipefail
cd "$(dirname "$0")/.."
source cmake/packages.sh
source cmake/python.sh

echo "== Packages"
install_packages build doc

echo "== Python package"
configure_release -DBOUTON_TESTS=OFF
install_python_package doc
python=$PWD/$venv/bin/python
export MPLBACKEND=Agg

echo "== Figures"
figures=$PWD/build/doc/figures
mkdir -p "$figures"
for example in example/python/*.py; do
    "$python" "$example" "$figures" >"$figures/$(basename "$example" .py).txt"
done
grep -l '^```python$' doc/*.md | while read -r page; do
    (cd "$figures" && "$python" "$OLDPWD/doc/run_page.py" "$OLDPWD/$page")
done

echo "== C++ headers"
rm -rf build/doc/doxygen
doxygen doc/Doxyfile

echo "== Site"
"$python" -m sphinx -q -W --keep-going -b html -d build/doc/doctrees doc build/doc/html
echo "The first page is $PWD/build/doc/html/index.html"
