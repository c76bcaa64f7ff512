# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by run.sh and test.sh from the project root.

# install_packages <purpose>...: installs the packages of packages.txt for these purposes that are missing. Touches
# nothing, and needs neither root nor network, if none is.
install_packages() {
    local name purpose wanted=() missing=() as_root=()
    while read -r name purpose _; do
        case " $* " in *" ${purpose:-none} "*) wanted+=("$name") ;; esac
    done < <(grep -v '^#' packages.txt)

    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian: going on in the hope that these are here: ${wanted[*]}"
        return
    fi
    for name in "${wanted[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed* ]] || missing+=("$name")
    done
    if ((${#missing[@]} == 0)); then
        echo "All ${#wanted[@]} packages are here."
        return
    fi

    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "Packages are missing and this user may not install them. As root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
}
