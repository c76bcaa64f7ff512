// SPDX-License-Identifier: Apache-2.0
/// \file
/// All of bouton. For models of your own include bouton/own_model.hpp besides.
#pragma once

#include <bouton/connect/connectors.hpp>
#include <bouton/connect/delays.hpp>
#include <bouton/connect/weights.hpp>
#include <bouton/core/error.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/grad/recorded_run.hpp>
#include <bouton/init/initializers.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/io/csv.hpp>
#include <bouton/math/method.hpp>
#include <bouton/model/models.hpp>
#include <bouton/network/network.hpp>
#include <bouton/network/population.hpp>
#include <bouton/network/projection.hpp>
#include <bouton/run/runner.hpp>
#include <bouton/version.hpp>
