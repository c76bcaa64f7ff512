// SPDX-License-Identifier: Apache-2.0
#include "surrogate_loop.hpp"

#include <bouton/math/lane_functions.hpp>

namespace bouton::grad {
namespace {

template <class Element>
struct SurrogateLoop {
    surrogate::Kind kind;
    std::array<double, 4> parameters;
    bool of_crossing;
    Element *x, *x_old;
    IndexRange range;

    template <std::size_t bytes>
    static void run(const SurrogateLoop& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const SurrogateLoop loop = given;
        for (std::size_t at = loop.range.begin; at < loop.range.end; at += Real::count) {
            const Real now = Real::load(loop.x + at);
            Real by_now = surrogate::derivative(loop.kind, loop.parameters, now);
            if (loop.x_old) {
                const Real old = Real::load(loop.x_old + at);
                by_now = select(old < 0, by_now, Real(0.));
                Real by_old(0.);
                if (loop.of_crossing)
                    by_old = select(now >= 0, -surrogate::derivative(loop.kind, loop.parameters, old), Real(0.));
                by_old.store(loop.x_old + at);
            }
            by_now.store(loop.x + at);
        }
    }
};

}  // namespace

template <class Element>
void surrogate_derivatives(InstructionSet set, const Surrogate& spike_fun, Element* x, Element* x_old,
                           IndexRange range) {
    if (range.empty()) return;
    using Loop = SurrogateLoop<Element>;
    loops::run<Loop>(set, Loop{.kind = spike_fun.kind(),
                               .parameters = spike_fun.values(),
                               .of_crossing = spike_fun.is_of_crossing(),
                               .x = x,
                               .x_old = x_old,
                               .range = range});
}

template void surrogate_derivatives<double>(InstructionSet, const Surrogate&, double*, double*, IndexRange);
template void surrogate_derivatives<float>(InstructionSet, const Surrogate&, float*, float*, IndexRange);

}  // namespace bouton::grad
