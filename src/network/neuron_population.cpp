// SPDX-License-Identifier: Apache-2.0
#include "neuron_population.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "core/memory.hpp"
#include "resolve.hpp"

namespace bouton {
namespace {

std::vector<Initial> initial_states(const std::string& name, const NeuronModel& model, const NeuronOptions& options) {
    std::vector<Initial> initial = model.initial();
    const std::vector<std::string_view> states = model.states();
    for (const auto& [state, value] : options.initial) {
        const auto found = std::ranges::find(states, state);
        if (found == states.end())
            throw unknown_name(fmt::format("state of {} ({})", name, model.name()), state, states);
        initial[static_cast<std::size_t>(found - states.begin())] = value;
    }
    return initial;
}

std::shared_ptr<const NeuronModel> compatible(std::shared_ptr<const NeuronModel> model, const Settings& settings) {
    const auto other = settings.brainpy_2_4 ? model->brainpy_2_4() : nullptr;
    return other ? other : model;
}

}  // namespace

NeuronPopulation::NeuronPopulation(std::string id, std::shared_ptr<const NeuronModel> model, const Shape& size,
                                   const NeuronOptions& options, const Settings& settings)
    : PopulationPart(std::move(id), size, settings),
      model_(compatible(std::move(model), settings)),
      method_(options.noise || !model_->noise().empty() ? Method::stochastic(options.method) : Method(options.method)),
      spike_fun_(options.spike_fun ? options.spike_fun : model_->default_spike_fun()),
      shape_(options.keep_size ? size : Shape(num())),
      parameter_values_(resolve_parameters(name(), model_->parameters(), shape_, settings)),
      initial_(initial_states(name(), *model_, options)),
      states_(model_->states().size()),
      loop_((settings.kernels ? *settings.kernels : shipped_kernels()).neurons(*model_, settings.precision, method_)) {
    const std::vector<GivenParameter> given = model_->parameters();
    for (std::size_t k = 0; k < given.size(); ++k) {
        if (given[k].name == "tau_ref") hold_after_spikes(parameter_values_[k]);
        if (given[k].name == model_->noise()) noise_ = Noise{.own = true, .amplitude = parameter_values_[k]};
    }
    if (options.noise)
        noise_ = Noise{.amplitude = resolve_parameter(name(), {"noise", *options.noise, Range::any}, shape_,
                                                      random("noise.amplitude"))};
    start();
}

void NeuronPopulation::start() {
    const std::vector<std::string_view> names = model_->states();
    const std::size_t size = rows() * num();
    check_memory((names.size() + 1) * (num() + size) * sizeof(double));
    std::vector<std::vector<double>> values(names.size());
    const std::unique_ptr<bool[]> derived(new bool[names.size()]);
    for (std::size_t k = 0; k < names.size(); ++k) {
        derived[k] = !initial_[k];
        values[k].assign(num(), 0.0);
        if (derived[k]) continue;
        const std::vector<double> given =
            resolve_parameter(name(), {names[k], *initial_[k], Range::any}, shape_, random(names[k]));
        for (std::size_t i = 0; i < num(); ++i) values[k][i] = given[given.size() == 1 ? 0 : i];
    }
    model_->rest(parameter_values_, values, std::span(derived.get(), names.size()));

    const Precision precision = settings().precision;
    parameters_.clear();
    for (const std::vector<double>& given : parameter_values_) parameters_.push_back(parameter_buffer(given));
    for (std::size_t k = 0; k < names.size(); ++k) {
        states_[k] = Buffer(precision, size);
        for (std::size_t at = 0; at < size; ++at) states_[k].set(at, values[k][at % num()]);
    }
    input_ = Buffer(precision, size);
    spike_ = Buffer::booleans(size);
    if (refractoriness_) start_refractoriness();
    if (noise_) {
        noise_->draws.resize(size);
        noise_->W = Buffer(precision, size);
        noise_->Z = Buffer(precision, size);
    }
    age_ = 0;
}

Buffer NeuronPopulation::parameter_buffer(const std::vector<double>& values) const {
    Buffer buffer(settings().precision, values.size() == 1 ? 1 : entries());
    for (std::size_t at = 0; at < buffer.size(); ++at) buffer.set(at, values[at % values.size()]);
    return buffer;
}

void NeuronPopulation::hold_after_spikes(const std::vector<double>& tau_ref) {
    if (!refractoriness_) {
        if (std::ranges::none_of(tau_ref, [](double tau) { return tau > 0; })) return;
        refractoriness_.emplace();
        start_refractoriness();
    }
    refractoriness_->tau_ref = tau_ref;
    refractoriness_->dt = 0;  // the steps are to be counted again
}

void NeuronPopulation::start_refractoriness() {
    refractoriness_->left.assign(entries(), 0);
    refractoriness_->dt = 0;
    refractoriness_->t_last_spike = Buffer(settings().precision, entries(), long_ago);
    refractoriness_->flag = Buffer::booleans(entries());
}

void NeuronPopulation::set_parameter(std::string_view parameter, const Parameter& value) {
    const std::size_t k = parameter_index(parameter);
    const GivenParameter given = model_->parameters()[k];
    std::vector<double> values = resolve_parameter(name(), {given.name, value, given.range}, shape_,
                                                   Random(settings().seed, fmt::format("{}.{}", name(), parameter)));
    Buffer buffer = parameter_buffer(values);
    if (parameter == "tau_ref") hold_after_spikes(values);
    if (parameter == model_->noise() && noise_->own) noise_->amplitude = values;
    parameters_[k] = std::move(buffer);
    parameter_values_[k] = std::move(values);
}

std::vector<std::string_view> NeuronPopulation::parameters() const {
    std::vector<std::string_view> names;
    for (const GivenParameter& given : model_->parameters()) names.push_back(given.name);
    return names;
}

std::size_t NeuronPopulation::parameter_index(std::string_view parameter) const {
    const std::vector<std::string_view> names = parameters();
    const auto found = std::ranges::find(names, parameter);
    if (found == names.end())
        throw unknown_name(fmt::format("parameter of {} ({})", name(), model_->name()), parameter, names);
    return static_cast<std::size_t>(found - names.begin());
}

Array NeuronPopulation::parameter(std::string_view parameter) const {
    const std::vector<double>& values = parameter_values_[parameter_index(parameter)];
    return {values.size() == 1 ? Shape() : shape_, values};
}

void NeuronPopulation::exchange(Archive& archive) {
    PopulationPart::exchange(archive);
    archive(states_);
    archive(input_);
    if (refractoriness_) {
        archive(refractoriness_->left);
        archive(refractoriness_->t_last_spike);
    }
    archive(age_);
    archive(time_.t);
}

void NeuronPopulation::mark_held(std::span<std::uint8_t> held) const {
    for (std::size_t at = 0; at < held.size(); ++at)
        held[at] = settings().brainpy_2_4 ? is_held_by_time(at) : refractoriness_->left[at] > 1;
}

std::vector<std::string> NeuronPopulation::variables() const {
    std::vector<std::string> names;
    for (const std::string_view state : model_->states()) names.emplace_back(state);
    names.emplace_back("input");
    if (has_spike()) names.emplace_back("spike");
    if (refractoriness_) names.insert(names.end(), {"refractory", "t_last_spike"});
    return names;
}

Variable NeuronPopulation::variable(std::string_view name) {
    if (name == "spike" && has_spike()) return spike_variable(shape_);
    if (name == "refractory" && refractoriness_)
        return make_variable(name, refractoriness_->flag, shape_,
                             {.before_read = [this] { update_refractory_flag(); }, .after_write = {}});
    if (Buffer* buffer = find(name)) return make_variable(name, *buffer, shape_);
    throw_unknown(name);
}

Buffer* NeuronPopulation::find(std::string_view name) {
    const std::vector<std::string_view> states = model_->states();
    for (std::size_t k = 0; k < states.size(); ++k)
        if (states[k] == name) return &states_[k];
    if (name == "input") return &input_;
    if (name == "t_last_spike" && refractoriness_) return &refractoriness_->t_last_spike;
    return nullptr;
}

void NeuronPopulation::clear_input() {
    for (Buffer* const input : inputs()) input->fill(0);
}

std::vector<Buffer*> NeuronPopulation::inputs() {
    std::vector<Buffer*> all{&input_};
    for (const std::string_view input : model_->inputs()) all.push_back(find(input));
    return all;
}

void NeuronPopulation::begin(const Clock& clock) {
    arrays_ = {.rows = rows(), .num = num(), .states = states_, .parameters = parameters_, .input = &input_};
    if (has_spike()) arrays_.spike = spike_.as<std::uint8_t>().data();
    if (refractoriness_) {
        if (refractoriness_->dt != clock.dt) count_refractory_steps(clock.dt);
        arrays_.refractory_steps = refractoriness_->steps.data();
        arrays_.refractory_left = refractoriness_->left.data();
        arrays_.t_last_spike = &refractoriness_->t_last_spike;
    }
    if (noise_) {
        draw_noise(clock.dt);
        arrays_.W = &noise_->W;
        if (reads_Z()) arrays_.Z = &noise_->Z;
    }
    time_ = {.t = clock.now(), .dt = clock.dt, .age = age_, .brainpy_2_4 = settings().brainpy_2_4};
    finite_ = true;
}

void NeuronPopulation::step(IndexRange range) {
    if (!loop_->step(arrays_, time_, range)) finite_ = false;
}

void NeuronPopulation::finish(const Clock& clock) {
    ++age_;
    if (has_spike()) collect_spikes();
    if (!finite_) throw_not_finite(clock);
}

void NeuronPopulation::count_refractory_steps(double dt) {
    Refractoriness& r = *refractoriness_;
    constexpr std::int32_t for_ever = std::numeric_limits<std::int32_t>::max();
    r.steps.resize(rows() * num());
    for (std::size_t at = 0; at < r.steps.size(); ++at) {
        const std::uint64_t steps = 1 + refractory_steps(r.tau_ref[r.tau_ref.size() == 1 ? 0 : at % num()], dt);
        r.steps[at] = steps < for_ever ? static_cast<std::int32_t>(steps) : for_ever;
    }
    r.dt = dt;
}

void NeuronPopulation::update_refractory_flag() {
    Refractoriness& r = *refractoriness_;
    for (std::size_t at = 0; at < rows() * num(); ++at)
        r.flag.set(at, settings().brainpy_2_4 ? is_held_by_time(at) : r.left[at] > 0);
}

bool NeuronPopulation::is_held_by_time(std::size_t at) const {
    const Refractoriness& r = *refractoriness_;
    const double tau_ref = r.tau_ref[r.tau_ref.size() == 1 ? 0 : at % num()], last = r.t_last_spike.get(at);
    if (settings().precision == Precision::float32)
        return is_held_brainpy_2_4(static_cast<float>(time_.t), static_cast<float>(last), static_cast<float>(tau_ref));
    return is_held_brainpy_2_4(time_.t, last, tau_ref);
}

void NeuronPopulation::draw_noise(double dt) {
    Noise& noise = *noise_;
    const Random random = this->random("noise").at(age_);
    const auto amplitude = [&](std::size_t at) {
        return noise.amplitude[noise.amplitude.size() == 1 ? 0 : at % num()];
    };
    random.at(0).normal(noise.draws);
    for (std::size_t at = 0; at < noise.draws.size(); ++at)
        noise.W.set(at, amplitude(at) * std::sqrt(dt) * noise.draws[at]);
    if (!reads_Z()) return;
    random.at(1).normal(noise.draws);
    for (std::size_t at = 0; at < noise.draws.size(); ++at)  // var Z = dt / 3, cov(W, Z) = dt / 2
        noise.Z.set(at, noise.W.get(at) / 2 + amplitude(at) * std::sqrt(dt / 12) * noise.draws[at]);
}

void NeuronPopulation::throw_not_finite(const Clock& clock) const {
    const std::vector<std::string_view> names = model_->states();
    for (std::size_t k = 0; k < names.size(); ++k)
        for (std::size_t at = 0; at < rows() * num(); ++at)
            if (const double value = states_[k].get(at); !std::isfinite(value))
                throw NonFiniteError(fmt::format("{}.{}", name(), names[k]), at, clock.step, clock.now(), value);
    throw std::logic_error("a loop reported a value that is not finite, but there is none");
}

}  // namespace bouton
