# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by run.sh and test.sh from the project root.

# The environment that the package is installed into; nothing is installed outside of it.
venv=build/venv

# install_python_package [extra]: builds the package from the objects of the release build and installs it into the
# environment, with what the extra needs on top.
install_python_package() {
    local requirements
    [[ -x $venv/bin/python ]] || python3 -m venv "$venv"
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    mapfile -t requirements < <(
        "$venv/bin/python" -c "import tomllib as t; print(*t.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')"
    )
    "$venv/bin/python" -m pip install -q "${requirements[@]}"
    "$venv/bin/python" -m pip install -q --no-build-isolation ".${1:+[$1]}" \
        --config-settings=build-dir=build/release --config-settings=cmake.define.BOUTON_WERROR=ON
}

# The release build as the preset has it, without what an earlier build of the package has put into its cache.
configure_release() { cmake --preset release -U 'SKBUILD*' -DBOUTON_PYTHON=OFF "$@"; }
