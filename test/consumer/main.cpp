// SPDX-License-Identifier: Apache-2.0
/// \file
/// A user's program: it compiles against the public headers, links, and is of the version that its argument names.
#include <iostream>

#include <bouton/core/clock.hpp>
#include <bouton/version.hpp>

int main(int count, char** arguments) {
    std::cout << "bouton " << bouton::version << '\n';
    const bool right_version = count == 2 && arguments[1] == bouton::version;
    return right_version && bouton::run_steps(0.3, 0.1) == 3 ? 0 : 1;
}
