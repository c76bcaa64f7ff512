// SPDX-License-Identifier: Apache-2.0
/// \file
/// The list of built-in models. A new model is its header, included here, and one line in its list; the loops and the
/// reference are made from these lists.
#pragma once

#include <bouton/model/neurons/adexif.hpp>
#include <bouton/model/neurons/adquaif.hpp>
#include <bouton/model/neurons/alif_bellec_2020.hpp>
#include <bouton/model/neurons/expif.hpp>
#include <bouton/model/neurons/fhn.hpp>
#include <bouton/model/neurons/gif.hpp>
#include <bouton/model/neurons/hh.hpp>
#include <bouton/model/neurons/hindmarsh_rose.hpp>
#include <bouton/model/neurons/integrator.hpp>
#include <bouton/model/neurons/izhikevich.hpp>
#include <bouton/model/neurons/leaky.hpp>
#include <bouton/model/neurons/leaky_integrator.hpp>
#include <bouton/model/neurons/lif.hpp>
#include <bouton/model/neurons/morris_lecar.hpp>
#include <bouton/model/neurons/ou_process.hpp>
#include <bouton/model/neurons/pinsky_rinzel.hpp>
#include <bouton/model/neurons/quaif.hpp>
#include <bouton/model/neurons/wang_buzsaki.hpp>
#include <bouton/model/outputs.hpp>
#include <bouton/model/plasticity.hpp>
#include <bouton/model/synapses/alpha.hpp>
#include <bouton/model/synapses/ampa.hpp>
#include <bouton/model/synapses/bionmda.hpp>
#include <bouton/model/synapses/delta.hpp>
#include <bouton/model/synapses/dual_exponential.hpp>
#include <bouton/model/synapses/exponential.hpp>
#include <bouton/model/synapses/gabaa.hpp>
#include <bouton/model/synapses/nmda.hpp>

// Two lists, because the loops of each are compiled in a file of their own.
#define BOUTON_INTEGRATE_AND_FIRE_NEURONS(APPLY) \
    APPLY(BasicAdExIF)                           \
    APPLY(BasicAdQuaIF)                          \
    APPLY(BasicALIFBellec2020)                   \
    APPLY(BasicExpIF)                            \
    APPLY(BasicGIF)                              \
    APPLY(BasicIntegrator)                       \
    APPLY(BasicIzhikevich)                       \
    APPLY(BasicLIF)                              \
    APPLY(BasicLeaky)                            \
    APPLY(BasicLeakyIntegrator)                  \
    APPLY(BasicOUProcess)                        \
    APPLY(BasicQuaIF)

#define BOUTON_EXCITABLE_NEURONS(APPLY) \
    APPLY(BasicFHN)                     \
    APPLY(BasicHH)                      \
    APPLY(BasicHindmarshRose)           \
    APPLY(BasicMorrisLecar)             \
    APPLY(BasicPinskyRinzelModel)       \
    APPLY(BasicWangBuzsakiModel)

#define BOUTON_NEURONS(APPLY)                \
    BOUTON_INTEGRATE_AND_FIRE_NEURONS(APPLY) \
    BOUTON_EXCITABLE_NEURONS(APPLY)

#define BOUTON_SYNAPSES(APPLY)     \
    APPLY(BasicAMPA)               \
    APPLY(BasicGABAa)              \
    APPLY(BasicBioNMDA)            \
    APPLY(BasicAlpha)              \
    APPLY(BasicDelta)              \
    APPLY(BasicDualExponential)    \
    APPLY(BasicExponentialSynapse) \
    APPLY(BasicNMDA)

#define BOUTON_PLASTICITIES(APPLY) \
    APPLY(BasicSTD)                \
    APPLY(BasicSTP)

#define BOUTON_OUTPUTS(APPLY) \
    APPLY(BasicCOBA)          \
    APPLY(BasicCUBA)          \
    APPLY(BasicMgBlock)
