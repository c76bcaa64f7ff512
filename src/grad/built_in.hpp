// SPDX-License-Identifier: Apache-2.0
/// \file
/// The derivatives of the built-in models are instantiated in a few files, which compile side by side.
#pragma once

#include <bouton/grad/own_model.hpp>

#define BOUTON_INSTANTIATE_LINEARISATION(Model) template std::shared_ptr<const Linearisation> linearisation_of<Model>();
