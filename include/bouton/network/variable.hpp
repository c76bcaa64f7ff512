// SPDX-License-Identifier: Apache-2.0
/// \file
/// A handle on the values of one named quantity of a part of a network: "exc.V", "syn.g", "syn.stp.x". It is what
/// monitors read and inputs write, and what a user reads and writes between steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <bouton/core/buffer.hpp>
#include <bouton/core/index_range.hpp>
#include <bouton/core/shape.hpp>

namespace bouton {

class Variable {
 public:
    /// How the part that owns a variable keeps it true. Each may be empty.
    struct Hooks {
        std::function<void()> before_read;             ///< bring the values up to date
        std::function<void()> after_write;             ///< take note that somebody changed them
        std::function<void(std::size_t)> resize = {};  ///< to so many rows
    };

    /// `buffer` holds rows x shape.count() values and lives as long as `owner`; `batched`: the rows are an axis. Their
    /// number may change when the owner is reset.
    Variable(std::string name, std::shared_ptr<void> owner, Buffer* buffer, bool batched, Shape shape, Hooks hooks);

    /// "<part>.<variable>".
    const std::string& name() const { return name_; }
    /// (rows, *shape) with a batch, else the shape of the part: (num,) unless it keeps its geometry.
    Shape shape() const;
    bool is_batched() const { return batched_; }
    /// Number of values.
    std::size_t size() const { return rows() * (selection_.empty() ? num_ : selection_.size()); }
    /// Rows of the batch; 1 without one.
    std::size_t rows() const { return num_ == 0 ? 1 : buffer_->size() / num_; }
    bool is_boolean() const { return buffer_->is_boolean(); }
    bool is_single() const { return buffer_->is_single(); }

    /// All values, rows first.
    std::vector<double> values() const;
    void read(std::span<double> values) const;
    /// The same in the type that they have.
    void read(std::span<float> values) const;
    void read(std::span<std::uint8_t> values) const;
    /// Reads all values into entries first, first + 1, ... of a buffer.
    void read(Buffer& into, std::size_t first) const;
    /// Value `i` of all; IndexError if there are not so many.
    double at(std::size_t i) const;

    /// Sets every value.
    void set(double value);
    /// Sets all; there must be size() values, or one row of them for all rows. ShapeError else; nothing is changed
    /// then.
    void set(std::span<const double> values);
    void set(std::initializer_list<double> values) { set(std::span(values.begin(), values.size())); }
    /// Sets value i to change(old value, i), a number of the old one, as it is stored, and a std::size_t.
    template <class Change>
    void transform(const Change& change) {
        transform({0, size()}, change);
        written();
    }
    /// The same for a range of them, after which `written()` may be called once for all.
    template <class Change>
    void transform(IndexRange range, const Change& change) {
        buffer().visit([&]<class Element>(std::span<Element> values) {
            const auto set = [&](Element& value, std::size_t i) {
                if constexpr (std::is_same_v<Element, std::uint8_t>)
                    value = change(static_cast<double>(value), i) != 0;
                else
                    value = static_cast<Element>(change(value, i));
            };
            if (selection_.empty())
                for (std::size_t i = range.begin; i < range.end; ++i) set(values[i], i);
            else
                for (std::size_t i = range.begin; i < range.end; ++i) set(values[place(i)], i);
        });
    }

    /// The values themselves, brought up to date: rows x the number of values of the part, also of a selection. Call
    /// `written()` after changing one. Good until the part is stepped or reset.
    Buffer& buffer();
    /// Tells the part that values were changed.
    void written();
    /// Another number of rows, for all variables of an external population, which start again at 0. UsageError where
    /// rows are changed by resetting the part.
    void resize(std::size_t rows);
    /// Of a selection: which values, else empty.
    std::span<const std::uint32_t> selection() const { return selection_; }

    /// The same variable of some neurons only, in the order given; shape (rows, count) or (count,). IndexError if one
    /// is out of range, ShapeError if there are none.
    Variable select(std::span<const std::uint32_t> indices) const;

    /// For the other rooms of the library: where it is stored.
    const Buffer* storage() const { return buffer_; }
    /// Whose it is: the part behind the handle of a population or projection.
    const void* owner() const { return owner_.get(); }

 private:
    std::size_t place(std::size_t i) const;
    template <class To>
    void copy_to(std::span<To> values) const;

    std::string name_;
    std::shared_ptr<void> owner_;
    Buffer* buffer_;
    std::size_t num_;
    bool batched_;
    Shape shape_;
    Hooks hooks_;
    std::vector<std::uint32_t> selection_;
};

}  // namespace bouton
