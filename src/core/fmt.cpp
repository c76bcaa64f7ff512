// SPDX-License-Identifier: Apache-2.0
// The part of fmt that is not a template, compiled here once instead of in each file that formats a message: that takes
// four fifths off their compile time. CMakeLists.txt gives these symbols a namespace of ours.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {

template thousands_sep_result<char> thousands_sep_impl<char>(locale_ref);
template char decimal_point_impl<char>(locale_ref);
template dragonbox::decimal_fp<float> dragonbox::to_decimal(float) noexcept;
template dragonbox::decimal_fp<double> dragonbox::to_decimal(double) noexcept;

}  // namespace detail
FMT_END_NAMESPACE
