// SPDX-License-Identifier: Apache-2.0
/// \file
/// An array whose element type is chosen at run time: states and inputs of the precision of the run, spikes as
/// booleans.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include <bouton/core/aligned_vector.hpp>
#include <bouton/core/settings.hpp>

namespace bouton {

class Buffer {
 public:
    Buffer() = default;
    Buffer(Precision precision, std::size_t size, double value = 0) {
        if (precision == Precision::float64)
            data_ = AlignedVector<double>(size, value);
        else
            data_ = AlignedVector<float>(size, static_cast<float>(value));
    }
    static Buffer booleans(std::size_t size) {
        Buffer buffer;
        buffer.data_ = AlignedVector<std::uint8_t>(size, 0);
        return buffer;
    }
    /// `values` in the given precision.
    Buffer(Precision precision, std::span<const double> values) : Buffer(precision, values.size()) {
        for (std::size_t i = 0; i < values.size(); ++i) set(i, values[i]);
    }

    bool is_boolean() const { return std::holds_alternative<AlignedVector<std::uint8_t>>(data_); }
    bool is_single() const { return std::holds_alternative<AlignedVector<float>>(data_); }
    std::size_t size() const {
        return std::visit([](const auto& v) { return v.size(); }, data_);
    }

    /// The elements as double, float or uint8_t: the type that they have.
    template <class Element>
    std::span<Element> as() {
        assert(std::holds_alternative<AlignedVector<Element>>(data_));
        return *std::get_if<AlignedVector<Element>>(&data_);
    }
    template <class Element>
    std::span<const Element> as() const {
        assert(std::holds_alternative<AlignedVector<Element>>(data_));
        return *std::get_if<AlignedVector<Element>>(&data_);
    }

    /// Calls `f` with the span of the elements, of the type that they have.
    template <class F>
    void visit(const F& f) {
        std::visit([&f](auto& v) { f(std::span(v)); }, data_);
    }
    template <class F>
    void visit(const F& f) const {
        std::visit([&f](const auto& v) { f(std::span(v)); }, data_);
    }

    double get(std::size_t i) const {
        return std::visit([i](const auto& v) { return static_cast<double>(v[i]); }, data_);
    }
    /// A boolean becomes true for any non-zero value.
    void set(std::size_t i, double value) {
        std::visit([i, value](auto& v) { v[i] = as_element(v, value); }, data_);
    }
    void fill(double value) {
        std::visit([value](auto& v) { std::fill(v.begin(), v.end(), as_element(v, value)); }, data_);
    }
    /// Keeps the elements where they are, also when this buffer gets others or ends.
    std::shared_ptr<void> hold() {
        return std::visit([](auto& v) { return bouton::hold(v); }, data_);
    }
    /// [bytes] Of the elements.
    std::uint64_t bytes() const {
        return std::visit([](const auto& v) { return std::uint64_t{v.size() * sizeof(v[0])}; }, data_);
    }

    bool operator==(const Buffer&) const = default;

 private:
    template <class Element>
    static Element as_element(const AlignedVector<Element>&, double value) {
        if constexpr (std::is_same_v<Element, std::uint8_t>)
            return value != 0;
        else
            return static_cast<Element>(value);
    }

    std::variant<AlignedVector<double>, AlignedVector<float>, AlignedVector<std::uint8_t>> data_;
};

}  // namespace bouton
