// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a call complains about.
#pragma once

#include <string>

namespace bouton::test {

/// The message of the error that `call` throws, which must be of type E.
template <class E, class Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const E& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace bouton::test
