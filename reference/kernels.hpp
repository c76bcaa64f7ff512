// SPDX-License-Identifier: Apache-2.0
/// \file
/// The definition of every loop behind kernel/loop.hpp: the shortest correct form, one neuron at a time. The loops of
/// the library are right where they agree with these.
///
/// Computed in double throughout; at single precision only what is stored is rounded, so results then agree to single
/// precision, and floating-point times (`brainpy_2_4`) are compared in double. Built-in models only: a model of a
/// user's own has no other definition than the loops that it brings, which are what it gets.
#pragma once

#include <bouton/kernel/loop.hpp>

namespace bouton::reference {

const Kernels& kernels();

}  // namespace bouton::reference
