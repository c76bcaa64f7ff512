// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <type_traits>
#include <utility>

#include <bouton/core/error.hpp>
#include <bouton/network/variable.hpp>

#include <fmt/format.h>

namespace bouton {

Variable::Variable(std::string name, std::shared_ptr<void> owner, Buffer* buffer, bool batched, Shape shape,
                   Hooks hooks)
    : name_(std::move(name)),
      owner_(std::move(owner)),
      buffer_(buffer),
      num_(shape.count()),
      batched_(batched),
      shape_(std::move(shape)),
      hooks_(std::move(hooks)) {}

Shape Variable::shape() const {
    std::vector<std::size_t> axes;
    if (batched_) axes.push_back(rows());
    if (selection_.empty())
        axes.insert(axes.end(), shape_.axes().begin(), shape_.axes().end());
    else
        axes.push_back(selection_.size());
    return Shape(std::move(axes));
}

std::size_t Variable::place(std::size_t i) const {
    if (selection_.empty()) return i;
    return i / selection_.size() * num_ + selection_[i % selection_.size()];
}

std::vector<double> Variable::values() const {
    std::vector<double> values(size());
    read(values);
    return values;
}

template <class To>
void Variable::copy_to(std::span<To> values) const {
    assert(values.size() == size());
    if (hooks_.before_read) hooks_.before_read();
    std::as_const(*buffer_).visit([&]<class Stored>(std::span<const Stored> stored) {
        assert((std::is_same_v<To, double> || std::is_same_v<To, Stored>));
        if (selection_.empty())
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<To>(stored[i]);
        else
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<To>(stored[place(i)]);
    });
}

void Variable::read(std::span<double> values) const { copy_to(values); }
void Variable::read(std::span<float> values) const { copy_to(values); }
void Variable::read(std::span<std::uint8_t> values) const { copy_to(values); }
void Variable::read(Buffer& into, std::size_t first) const {
    assert(first + size() <= into.size());
    if (hooks_.before_read) hooks_.before_read();
    std::as_const(*buffer_).visit([&]<class Stored>(std::span<const Stored> stored) {
        into.visit([&]<class Element>(std::span<Element> values) {
            Element* const to = values.data() + first;
            if (selection_.empty()) {
                if constexpr (std::is_same_v<Stored, Element>)
                    std::copy_n(stored.data(), stored.size(), to);
                else
                    std::ranges::transform(stored, to, [](auto value) { return static_cast<Element>(value); });
            } else {
                for (std::size_t i = 0; i < size(); ++i) to[i] = static_cast<Element>(stored[place(i)]);
            }
        });
    });
}

double Variable::at(std::size_t i) const {
    if (i >= size()) throw IndexError(name_, i, size());
    if (hooks_.before_read) hooks_.before_read();
    return buffer_->get(place(i));
}

void Variable::set(double value) {
    transform([value](double, std::size_t) { return value; });
}

void Variable::set(std::span<const double> values) {
    if (values.size() != size() && values.size() != size() / rows())
        throw ShapeError(
            fmt::format("{} has shape {}, but {} values were given", name_, shape().text(), values.size()));
    if (values.size() == size())
        transform([values](double, std::size_t i) { return values[i]; });
    else
        transform([values](double, std::size_t i) { return values[i % values.size()]; });
}

Buffer& Variable::buffer() {
    if (hooks_.before_read) hooks_.before_read();
    return *buffer_;
}

void Variable::written() {
    if (hooks_.after_write) hooks_.after_write();
}

void Variable::resize(std::size_t rows) {
    if (rows == this->rows()) return;
    if (!hooks_.resize)
        throw UsageError(fmt::format("{} has {} rows and cannot get {} by itself: reset the part that it belongs to",
                                     name_, this->rows(), rows));
    hooks_.resize(rows);
}

Variable Variable::select(std::span<const std::uint32_t> indices) const {
    if (indices.empty()) throw ShapeError(fmt::format("the selection of {} is empty, but must name a neuron", name_));
    Variable selected = *this;
    selected.selection_.clear();
    const std::size_t bound = selection_.empty() ? num_ : selection_.size();
    for (const std::uint32_t i : indices) {
        if (i >= bound) throw IndexError(name_, i, bound);
        selected.selection_.push_back(selection_.empty() ? i : selection_[i]);
    }
    return selected;
}

}  // namespace bouton
