// SPDX-License-Identifier: Apache-2.0
/// \file
/// A copy of everything that changes while a network is stepped, so that it can be taken back to where it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include <bouton/core/buffer.hpp>

namespace bouton {

/// Every part hands over what it has, in one order: `exchange(archive)` copies into the archive or back, whichever that
/// is for. So what is saved is what is restored.
class Archive {
 public:
    /// Begins to copy into the archive, replacing what it held.
    void save() {
        saving_ = true;
        bytes_.clear();
    }
    /// Begins to copy back, which may be done any number of times.
    void restore() {
        saving_ = false;
        at_ = 0;
    }
    bool is_saving() const { return saving_; }
    std::uint64_t bytes() const { return bytes_.size(); }
    /// Whether both hold the same.
    bool has_same(const Archive& other) const { return bytes_ == other.bytes_; }

    template <class Plain>
    requires std::is_trivially_copyable_v<Plain>
    void operator()(Plain& value) { copy(&value, sizeof value); }
    template <class Part>
    requires requires(Part& part, Archive& archive) { part.exchange(archive); }
    void operator()(Part& part) { part.exchange(*this); }
    /// The array stays where it is, as others may point to it.
    void operator()(Buffer& buffer) {
        buffer.visit([this](auto values) { copy(values.data(), values.size_bytes()); });
    }
    template <class Value, class Allocator>
    void operator()(std::vector<Value, Allocator>& values) {
        std::size_t size = values.size();
        (*this)(size);
        values.resize(size);
        if constexpr (std::is_trivially_copyable_v<Value>)
            copy(values.data(), size * sizeof(Value));
        else
            for (auto& value : values) (*this)(value);
    }

 private:
    void copy(void* data, std::size_t size) {
        if (size == 0) return;
        auto* const given = static_cast<std::byte*>(data);
        if (saving_) {
            bytes_.insert(bytes_.end(), given, given + size);
        } else {
            std::memcpy(given, bytes_.data() + at_, size);
            at_ += size;
        }
    }
    std::vector<std::byte> bytes_;
    std::size_t at_ = 0;
    bool saving_ = true;
};

/// Copies what `exchange` names from one part to another that was made alike.
template <class Part>
void transfer(Part& from, Part& to) {
    Archive archive;
    archive.save();
    from.exchange(archive);
    archive.restore();
    to.exchange(archive);
}

}  // namespace bouton
