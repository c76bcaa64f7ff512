// SPDX-License-Identifier: Apache-2.0
/// \file
/// Arrays in the .npy format of NumPy, by which all simulators are given the same network: one axis, little-endian.
///
/// Format 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace bench {

template <class Element>
constexpr const char* npy_type() {
    static_assert(std::is_same_v<Element, double> || std::is_same_v<Element, std::uint32_t> ||
                  std::is_same_v<Element, std::uint64_t>);
    if constexpr (std::is_same_v<Element, double>) return "<f8";
    return sizeof(Element) == 4 ? "<u4" : "<u8";
}

template <class Element>
void write_npy(const std::filesystem::path& file, std::span<const Element> values) {
    std::string header = "{'descr': '" + std::string(npy_type<Element>()) + "', 'fortran_order': False, 'shape': (" +
                         std::to_string(values.size()) + ",), }";
    // Magic number, version and length take 10 bytes; all together is a multiple of 64.
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
    header += '\n';
    std::ofstream out(file, std::ios::binary);
    out.write("\x93NUMPY\x01\x00", 8);
    out.put(static_cast<char>(header.size() & 255)).put(static_cast<char>(header.size() >> 8));
    out << header;
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

/// A file that `write_npy` wrote with the same type.
template <class Element>
std::vector<Element> read_npy(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    char begin[10];
    in.read(begin, 10);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::string header(static_cast<unsigned char>(begin[8]) + 256u * static_cast<unsigned char>(begin[9]), ' ');
    in.read(header.data(), static_cast<std::streamsize>(header.size()));
    if (header.find(npy_type<Element>()) == std::string::npos)
        throw std::runtime_error(file.string() + " does not hold " + npy_type<Element>());
    std::vector<Element> values((std::filesystem::file_size(file) - 10 - header.size()) / sizeof(Element));
    in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(Element)));
    return values;
}

}  // namespace bench
