#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fails if a C++ file is not as clang-format writes it. Usage: format.sh <clang-format> <project root>
set -eu
cd "$2"
find include src reference test bench example python -name '*.[ch]pp' -print0 2>/dev/null | xargs -0 "$1" --dry-run -Werror
