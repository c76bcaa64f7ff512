// SPDX-License-Identifier: Apache-2.0
/// \file
/// What all parts of one network have in common. Nothing of it is global: it is given to the network and handed on.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bouton {

class Kernels;

/// Number type of states, inputs and records.
enum class Precision { float64, float32 };

/// Whether states carry a leading batch axis. Connections, weights and parameters are shared by the rows of a batch.
class Mode {
 public:
    /// One copy of the network; states have the shape of their population.
    static constexpr Mode nonbatching() { return Mode(0); }
    /// `batch_size` independent copies; states have the shape (batch_size, *population). Throws ParameterError for 0.
    static Mode batching(std::size_t batch_size = 1);
    /// The same, to be differentiated (grad/recorded_run.hpp): spikes are numbers, 0 or 1, and every step is computed.
    static Mode training(std::size_t batch_size = 1);
    /// The same kind of batch, of another size. Throws ParameterError for 0.
    Mode with_batch_size(std::size_t batch_size) const;

    bool is_training() const { return training_; }
    bool batched() const { return batch_size_ != 0; }
    /// Copies that are simulated: the batch size, or 1.
    std::size_t rows() const { return batch_size_ == 0 ? 1 : batch_size_; }

    bool operator==(const Mode&) const = default;

 private:
    explicit constexpr Mode(std::size_t batch_size, bool training = false)
        : batch_size_(batch_size), training_(training) {}
    std::size_t batch_size_;
    bool training_;
};

/// The options that the parts of a network share.
struct Settings {
    std::uint64_t seed = 0;  ///< of every random draw; draws are pure functions of (seed, purpose, index)
    Precision precision = Precision::float64;
    Mode mode = Mode::nonbatching();

    /// Reproduce BrainPy 2.4 to the bit where it differs from what its equations say: pulse length and refractory
    /// comparison on floating-point time, STP's `U - u/tau_f`, `include_self` ignored with a weight matrix, a pair
    /// given twice counted once, truncated number of steps of a run and a clock that advances by its duration.
    bool brainpy_2_4 = false;

    /// The array loops to step with; null: those of the library. It must outlive every part. See kernel/loop.hpp.
    const Kernels* kernels = nullptr;

    bool operator==(const Settings&) const = default;
};

}  // namespace bouton
