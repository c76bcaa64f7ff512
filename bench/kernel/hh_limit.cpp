// SPDX-License-Identifier: Apache-2.0
#include "hh_limit.hpp"

#include <cmath>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#endif

namespace bouton::bench {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

namespace {

#define BOUTON_AVX512 __attribute__((target("avx512f,avx512dq,fma,prefer-vector-width=512"), always_inline)) inline

typedef double Pack __attribute__((vector_size(64)));

/// (e^r - 1) / r for |r| <= ln(2) / 2: the Taylor polynomial of degree 11, halves side by side.
BOUTON_AVX512 Pack phi(Pack r) {
    const Pack r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    const Pack low = (r * (1. / 24) + 1. / 6) * r2 + (r * (1. / 2) + 1.);
    const Pack middle = (r * (1. / 40320) + 1. / 5040) * r2 + (r * (1. / 720) + 1. / 120);
    const Pack high = (r * (1. / 479001600) + 1. / 39916800) * r2 + (r * (1. / 3628800) + 1. / 362880);
    return high * r8 + (middle * r4 + low);
}

BOUTON_AVX512 Pack exponential(Pack x) {
    const Pack k = _mm512_roundscale_pd(x * 1.4426950408889634, 8);
    const Pack r = (x - k * 6.93145751953125e-1) - k * 1.42860682030941723212e-6;
    return _mm512_scalef_pd(phi(r) * r + 1., k);
}

}  // namespace

bool can_run_limit() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"); }

__attribute__((target("avx512f,avx512dq,fma,prefer-vector-width=512"))) long step_limit(const HodgkinHuxley& neurons,
                                                                                        double dt) {
    const auto [V_, m_, h_, n_, I_, num] = neurons;
    const double e40 = std::exp(-4.), e35 = std::exp(-3.5), e55 = std::exp(-5.5);
    const double c_m = 4 * std::exp(-65. / 18), c_h = .07 * std::exp(-65. / 20), c_n = .125 * std::exp(-65. / 80);
    long spikes = 0;
    for (std::size_t i = 0; i < num; i += 8) {
        Pack V = _mm512_load_pd(V_ + i), m = _mm512_load_pd(m_ + i), h = _mm512_load_pd(h_ + i);
        Pack n = _mm512_load_pd(n_ + i);
        const Pack I = _mm512_load_pd(I_ + i);
        // the rates: three quotients by one division
        const Pack y80 = exponential(V * (-1. / 80)), y40 = y80 * y80, y20 = y40 * y40, y10 = y20 * y20;
        const Pack d_m = 1. - y10 * e40, d_h = 1. + y10 * e35, d_n = 1. - y10 * e55, d_mh = d_m * d_h;
        const Pack r = 1. / (d_mh * d_n);
        const Pack a_m = .1 * (V + 40.) * (d_h * d_n * r), b_h = d_m * d_n * r, a_n = .01 * (V + 55.) * (d_mh * r);
        const Pack b_m = c_m * exponential(V * (-1. / 18)), a_h = c_h * y20, b_n = c_n * y80;
        // the currents
        const Pack g_Na = 120. * m * m * m * h, n2 = n * n, g_K = 36. * n2 * n2, L = g_Na + g_K + .03;
        const Pack F = g_Na * (50. - V) + (g_K * (-77. - V) + (.03 * (-54.387 - V) + I));
        // the step: four quotients by one division
        const Pack L_m = a_m + b_m, L_h = a_h + b_h, L_n = a_n + b_n, L_mh = L_m * L_h, L_nV = L_n * L;
        const Pack q = 1. / (L_mh * L_nV);
        const Pack m_inf = a_m * (L_h * L_nV * q), h_inf = a_h * (L_m * L_nV * q), n_inf = a_n * (L_mh * L * q);
        const Pack next = V + (1. - exponential(-L * dt)) * (F * (L_mh * L_n * q));
        m = (m - m_inf) * exponential(-L_m * dt) + m_inf;
        h = (h - h_inf) * exponential(-L_h * dt) + h_inf;
        n = (n - n_inf) * exponential(-L_n * dt) + n_inf;
        const Pack threshold = Pack{} + 20.;
        spikes += __builtin_popcount(static_cast<unsigned>(_mm512_cmp_pd_mask(V, threshold, _CMP_LT_OQ)) &
                                     static_cast<unsigned>(_mm512_cmp_pd_mask(next, threshold, _CMP_GE_OQ)));
        _mm512_store_pd(V_ + i, next);
        _mm512_store_pd(m_ + i, m);
        _mm512_store_pd(h_ + i, h);
        _mm512_store_pd(n_ + i, n);
    }
    return spikes;
}
#else
bool can_run_limit() { return false; }
long step_limit(const HodgkinHuxley&, double) { return 0; }
#endif

}  // namespace bouton::bench
