// SPDX-License-Identifier: Apache-2.0
/// \file
/// The list of built-in models. A new model is its header, included here, and one line in its list; the loops and the
/// reference are made from these lists.
#pragma once

#include <bouton/model/neurons/adexif.hpp>
#include <bouton/model/neurons/adquaif.hpp>
#include <bouton/model/neurons/expif.hpp>
#include <bouton/model/neurons/fhn.hpp>
#include <bouton/model/neurons/gif.hpp>
#include <bouton/model/neurons/hh.hpp>
#include <bouton/model/neurons/hindmarsh_rose.hpp>
#include <bouton/model/neurons/izhikevich.hpp>
#include <bouton/model/neurons/leaky_integrator.hpp>
#include <bouton/model/neurons/lif.hpp>
#include <bouton/model/neurons/morris_lecar.hpp>
#include <bouton/model/neurons/quaif.hpp>
#include <bouton/model/neurons/wang_buzsaki.hpp>
#include <bouton/model/outputs.hpp>
#include <bouton/model/plasticity.hpp>
#include <bouton/model/synapses/ampa.hpp>
#include <bouton/model/synapses/bionmda.hpp>
#include <bouton/model/synapses/exponential.hpp>
#include <bouton/model/synapses/gabaa.hpp>

// Two lists, because the loops of each are compiled in a file of their own.
#define BOUTON_INTEGRATE_AND_FIRE_NEURONS(APPLY) \
    APPLY(BasicAdExIF)                           \
    APPLY(BasicAdQuaIF)                          \
    APPLY(BasicExpIF)                            \
    APPLY(BasicGIF)                              \
    APPLY(BasicIzhikevich)                       \
    APPLY(BasicLIF)                              \
    APPLY(BasicLeakyIntegrator)                  \
    APPLY(BasicQuaIF)

#define BOUTON_EXCITABLE_NEURONS(APPLY) \
    APPLY(BasicFHN)                     \
    APPLY(BasicHH)                      \
    APPLY(BasicHindmarshRose)           \
    APPLY(BasicMorrisLecar)             \
    APPLY(BasicWangBuzsakiModel)

#define BOUTON_NEURONS(APPLY)                \
    BOUTON_INTEGRATE_AND_FIRE_NEURONS(APPLY) \
    BOUTON_EXCITABLE_NEURONS(APPLY)

#define BOUTON_SYNAPSES(APPLY) \
    APPLY(BasicAMPA)           \
    APPLY(BasicGABAa)          \
    APPLY(BasicBioNMDA)        \
    APPLY(BasicExponentialSynapse)

#define BOUTON_PLASTICITIES(APPLY) \
    APPLY(BasicSTD)                \
    APPLY(BasicSTP)

#define BOUTON_OUTPUTS(APPLY) \
    APPLY(BasicCOBA)          \
    APPLY(BasicCUBA)          \
    APPLY(BasicMgBlock)
