// SPDX-License-Identifier: Apache-2.0
#include "projection_part.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <bouton/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "population_part.hpp"
#include "resolve.hpp"

namespace bouton {
namespace {

constexpr std::uint32_t too_long = 1u << 20;  // [steps]  more than the memory of a delay line

Settings shared_settings(const std::string& name, const View& pre, const View& post) {
    if (pre.population().settings() != post.population().settings())
        throw UsageError(
            fmt::format("{} joins {} and {}, but their settings (seed, precision, mode, brainpy_2_4) differ", name,
                        pre.name(), post.name()));
    return pre.population().settings();
}

void check_comp_method(const std::string& name, std::string_view comp_method) {
    if (comp_method != "dense" && comp_method != "sparse")
        throw unknown_name(fmt::format("comp_method of {}", name), comp_method,
                           std::vector<std::string_view>{"dense", "sparse"});
}

/// The buffer of a floating-point variable of `post`.
Buffer& find_variable(const std::string& name, const View& post, std::string_view role, const std::string& variable) {
    if (Buffer* buffer = post.population().part()->find(variable)) return *buffer;
    std::vector<std::string> all = post.population().variables();
    std::erase_if(all, [&](const std::string& known) { return !post.population().part()->find(known); });
    if (all.empty())
        throw NameError(fmt::format("the {} of {} is \"{}\", but {} has no variable that it could be", role, name,
                                    variable, post.name()));
    throw NameError(fmt::format("the {} of {} is \"{}\", but must be a variable of {}: {}", role, name, variable,
                                post.name(), fmt::join(all, ", ")));
}

bool is_ascending(const View& view) {
    for (std::size_t i = 1; i < view.num(); ++i)
        if (view.neuron(i) <= view.neuron(i - 1)) return false;
    return true;
}

}  // namespace

ProjectionPart::ProjectionPart(std::string name, const View& pre, const View& post, const Connector& connector,
                               const Synapse& synapse, const ProjectionOptions& options)
    : name_(std::move(name)),
      pre_(pre),
      post_(post),
      settings_(shared_settings(name_, pre, post)),
      stop_spike_gradient_(options.stop_spike_gradient),
      wiring_(wire(connector(pre.size(), post.size(), Random(settings_.seed, fmt::format("{}.connections", name_)),
                             options.threads),
                   options.g_max.is_given() ? options.g_max : Weight(synapse.default_g_max()), options.delay_step,
                   settings_, name_, Random(settings_.seed, fmt::format("{}.wiring", name_)), options.threads)),
      weight_form_(form_of(options.g_max, wiring_.graph)),
      method_(options.method),
      plasticity_method_(options.stp.method()),
      synapse_(synapse.model()),
      plasticity_(plasticity_of(options.stp.model())),
      kernels_(settings_.kernels ? *settings_.kernels : shipped_kernels()),
      arrivals_(pre_, wiring_.delays),
      post_is_ascending_(is_ascending(post_)) {
    check_name("projection", name_);
    check_comp_method(name_, options.comp_method);
    const auto check_parameters = [this](const std::string& owner, const std::vector<GivenParameter>& parameters) {
        for (const GivenParameter& given : parameters)
            resolve_parameter(owner, given, Shape(), Random(settings_.seed, name_));
    };
    check_parameters(name_, synapse_->parameters());
    if (plasticity_) check_parameters(fmt::format("{}.stp", name_), plasticity_->parameters());
    check_delays();
    const std::optional<Output>& output = options.output ? options.output : synapse.default_output();
    if (!output)
        throw UsageError(
            fmt::format("{} names no output and {} has none of its own, but one must be named: Output() for none",
                        name_, synapse_->name()));
    build_output(*output);
    start();
    if (wiring_.delays.form == Delays::Form::uniform) pre_.population().part()->reserve_history(wiring_.delays.max());
}

std::shared_ptr<const PlasticityModel> ProjectionPart::plasticity_of(
    std::shared_ptr<const PlasticityModel> model) const {
    const auto compatible = settings_.brainpy_2_4 && model ? model->brainpy_2_4() : nullptr;
    return compatible ? compatible : model;
}

kernel::PropagatorParts ProjectionPart::parts() const {
    return {.kernels = kernels_,
            .synapse = *synapse_,
            .method = method_,
            .plasticity = plasticity_.get(),
            .plasticity_method = plasticity_method_,
            .wiring = wiring_,
            .precision = settings_.precision,
            .brainpy_2_4 = settings_.brainpy_2_4};
}

std::unique_ptr<kernel::Propagator> ProjectionPart::new_propagator(double dt) {
    if (settings_.mode.is_training())
        return kernel::step_by_step(parts(), state_, dt, "step by step, as the network is in training");
    return kernel::make_propagator(parts(), state_, dt);
}

void ProjectionPart::check_delays() const {
    const Delays& delays = wiring_.delays;
    if (delays.form == Delays::Form::none) return;
    if (delays.max() >= too_long)
        throw ParameterError(name_, "delay_step", delays.max(), "below 2^20 steps, for so long spikes are kept");
    if (!pre_.population().has_spike())
        throw UsageError(fmt::format("{} has a delay, but {} has no spikes to be delayed", name_, pre_.name()));
}

void ProjectionPart::build_output(const Output& output) {
    output_ = output.model();
    if (!output_) return;
    const OutputModel& model = *output_;
    output_parameters_ = to_buffers(
        settings_.precision,
        resolve_parameters(fmt::format("{}.output", name_), model.parameters(), Shape(num_post()), settings_));
    OutputArrays& arrays = output_arrays_;
    arrays = {.num = num_post(), .parameters = output_parameters_, .h = &h_, .sums = {}};
    const std::size_t stride = post_.population().num();
    if (model.reads_membrane()) {
        arrays.V = &find_variable(name_, post_, "membrane_var", output.membrane_var);
        arrays.V_stride = stride;
        arrays.V_index = post_.indices();
    }
    if (output.target_var) {
        arrays.start = arrays.target = &find_variable(name_, post_, "target_var", *output.target_var);
        arrays.target_stride = stride;
        arrays.target_index = post_.indices();
    } else {
        arrays.target = &current_;
        arrays.target_stride = num_post();
    }
    output_loop_ = kernels_.output(model, settings_.precision);
}

std::vector<std::string> ProjectionPart::variables() const {
    std::vector<std::string> names;
    for (const std::string_view state : synapse_->states()) names.emplace_back(state);
    names.emplace_back("spike_arrival_time");
    if (plasticity_)
        for (const std::string_view state : plasticity_->states()) names.push_back(fmt::format("stp.{}", state));
    names.emplace_back("h");
    names.emplace_back("current");
    return names;
}

Variable ProjectionPart::variable(std::string_view name) {
    const auto make = [&](Buffer& buffer, std::size_t num, Variable::Hooks hooks) {
        return Variable(fmt::format("{}.{}", name_, name), shared_from_this(), &buffer, settings_.mode.batched(),
                        Shape(num), std::move(hooks));
    };
    const auto of_pre = [&](Buffer& buffer) {
        return make(buffer, num_pre(),
                    {.before_read = [this] { bring_up_to_date(); }, .after_write = [this] { take_over_written(); }});
    };
    for (std::size_t k = 0; k < state_.synapse.size(); ++k)
        if (synapse_->states()[k] == name) return of_pre(state_.synapse[k]);
    if (name == "spike_arrival_time") return of_pre(state_.spike_arrival_time);
    for (std::size_t k = 0; k < state_.plasticity.size(); ++k)
        if (name == fmt::format("stp.{}", plasticity_->states()[k])) return of_pre(state_.plasticity[k]);
    const Variable::Hooks of_h{.before_read = [this] { bring_h_up_to_date(); }, .after_write = {}};
    if (name == "h" || (name == "current" && !output_loop_)) return make(h_, num_post(), of_h);
    if (name == "current") return make(current_, num_post(), {});
    const std::vector<std::string> all = variables();
    throw unknown_name(fmt::format("variable of {}", name_), name,
                       std::vector<std::string_view>(all.begin(), all.end()));
}

void ProjectionPart::exchange(Archive& archive) {
    bring_up_to_date();
    bring_h_up_to_date();
    state_.exchange(archive);
    arrivals_.exchange(archive);
    if (propagator_) propagator_->exchange(archive);
    archive(h_);
    archive(current_);
}

void ProjectionPart::take_state(ProjectionPart& other) {
    const Connectivity &own = wiring_.graph, &given = other.wiring_.graph;
    const bool is_alike =
        settings_ == other.settings_ && variables() == other.variables() && own.kind() == given.kind() &&
        own.num_pre() == given.num_pre() && own.num_post() == given.num_post() && own.size() == given.size() &&
        wiring_.delays.form == other.wiring_.delays.form && wiring_.delays.max() == other.wiring_.delays.max();
    std::unique_ptr<kernel::Propagator> propagator = other.propagator_ ? new_propagator(other.dt_) : nullptr;
    if (!is_alike || (propagator && propagator->how() != other.propagator_->how()))
        throw UsageError(fmt::format("{} cannot take the state of {}, which is not made alike", name_, other.name_));
    propagator_ = std::move(propagator);
    dt_ = other.dt_;
    transfer(other, *this);
}

std::string ProjectionPart::how() const { return propagator_ ? propagator_->how() : "not stepped yet"; }

void ProjectionPart::bring_up_to_date() {
    if (propagator_) propagator_->before_read();
}

void ProjectionPart::bring_h_up_to_date() {
    if (std::exchange(h_is_due_, false)) propagator_->read({0, entries()}, h_);
}

const Buffer& ProjectionPart::h() {
    bring_h_up_to_date();
    return h_;
}

void ProjectionPart::take_over_written() {
    if (propagator_) propagator_->after_write();
}

void ProjectionPart::set_parameter(std::string_view path, const Parameter& value) {
    std::vector<std::string> known;
    const auto find = [&](std::string_view prefix, const auto& model) -> std::optional<std::size_t> {
        if (!model) return std::nullopt;
        const std::vector<GivenParameter> all = model->parameters();
        for (std::size_t k = 0; k < all.size(); ++k) {
            known.push_back(fmt::format("{}{}", prefix, all[k].name));
            if (known.back() == path) return k;
        }
        return std::nullopt;
    };
    const auto resolved = [&](const std::string& owner, const GivenParameter& given, const Shape& shape) {
        return resolve_parameter(owner, {given.name, value, given.range}, shape,
                                 Random(settings_.seed, fmt::format("{}.{}", owner, given.name)));
    };
    if (const auto k = find("", synapse_)) {
        const GivenParameter given = synapse_->parameters()[*k];
        auto changed = synapse_->with_parameter(given.name, resolved(name_, given, Shape())[0]);
        change(synapse_, std::move(changed));
    } else if (const auto s = find("stp.", plasticity_)) {
        const GivenParameter given = plasticity_->parameters()[*s];
        const double number = resolved(fmt::format("{}.stp", name_), given, Shape())[0];
        change(plasticity_, plasticity_of(plasticity_->with_parameter(given.name, number)));
    } else if (const auto o = find("output.", output_)) {
        const std::vector<double> values =
            resolved(fmt::format("{}.output", name_), output_->parameters()[*o], Shape(num_post()));
        output_parameters_[*o] = Buffer(settings_.precision, std::span(values));
    } else {
        throw unknown_name(fmt::format("parameter of {}", name_), path,
                           std::vector<std::string_view>(known.begin(), known.end()));
    }
}

void ProjectionPart::set_weights(const Weight& weight) {
    Weights weights =
        resolve(weight, wiring_.graph, settings_, name_, Random(settings_.seed, fmt::format("{}.wiring", name_)).at(0));
    change(wiring_.weights, std::move(weights));
    weight_form_ = form_of(weight, wiring_.graph);
}

void ProjectionPart::set_weights_in_form(const Array& value) {
    Array weights = value;
    if (value.values.size() == 1) {
        weights.shape = shape_of(weight_form_, wiring_.graph);
        weights.values.assign(weights.shape.count(), value.values[0]);
    }
    set_weights(as_weight(weight_form_, wiring_.graph, name_, weights));
}

template <class Part>
void ProjectionPart::change(Part& part, Part changed) {
    if (propagator_ && wiring_.delays.form == Delays::Form::per_connection)
        throw UsageError(
            fmt::format("{} has a delay for each connection and currents under way: reset it first", name_));
    bring_up_to_date();
    bring_h_up_to_date();
    const bool has_begun = propagator_ != nullptr;
    propagator_.reset();
    std::swap(part, changed);
    if (!has_begun) return;
    try {
        propagator_ = new_propagator(dt_);
    } catch (const Error&) {  // the parameters do not fit together, as those before do
        std::swap(part, changed);
        propagator_ = new_propagator(dt_);
        throw;
    }
}

void ProjectionPart::update(const Clock& clock) {
    prepare(clock);
    begin(clock);
    complete(clock);
}

void ProjectionPart::update(const Clock& clock, std::span<const double> pre_spike) {
    if (pre_spike.size() != rows() * num_pre())
        throw ShapeError(fmt::format("{} was given {} presynaptic spikes, but has {} presynaptic neurons in {} rows",
                                     name_, pre_spike.size(), num_pre(), rows()));
    prepare(clock);
    begin(clock, arrivals_.next(pre_spike));
    complete(clock);
}

void ProjectionPart::prepare(const Clock& clock) {
    for (const View* end : {&pre_, &post_})
        if (end->population().settings().mode != settings_.mode)
            throw UsageError(fmt::format("{} has {} rows, but {} has {}: they must be reset to the same batch size",
                                         name_, rows(), end->name(), end->population().settings().mode.rows()));
    if (propagator_ && dt_ == clock.dt) return;
    check_dt(clock.dt);
    if (propagator_ && wiring_.delays.form == Delays::Form::per_connection)
        throw UsageError(fmt::format("{} has delays counted in steps of {} ms, but is stepped by {} ms: reset it first",
                                     name_, dt_, clock.dt));
    bring_up_to_date();
    bring_h_up_to_date();
    propagator_ = new_propagator(clock.dt);
    dt_ = clock.dt;
}

void ProjectionPart::begin(const Clock& clock) {
    if (!pre_.population().has_spike())
        throw UsageError(
            fmt::format("{} needs spikes of {}, but that has none: give them to update", name_, pre_.name()));
    begin(clock, arrivals_.next());
}

void ProjectionPart::begin(const Clock& clock, std::span<const std::uint32_t> arrivals) {
    finite_ = propagator_->step(clock, arrivals, h_);
    output_arrays_.sums = propagator_->sums();
    h_is_due_ = output_arrays_.sums.has_value();
}

void ProjectionPart::complete(const Clock& clock) {
    deliver({0, entries()});
    give({0, entries()});
    finish(clock);
}

void ProjectionPart::give(IndexRange range, const Buffer* start) {
    propagator_->add(range);
    if (!h_is_due_) propagator_->read(range, h_);
    if (!output_loop_) return;
    OutputArrays arrays = output_arrays_;
    arrays.start = start;
    output_loop_->step(arrays, range);
}

void ProjectionPart::finish(const Clock& clock) {
    if (!finite_) throw_not_finite(clock);
}

void ProjectionPart::reset_state(std::optional<std::size_t> batch_size) {
    restart_in(with_batch_size(name_, settings_.mode, batch_size), settings_.mode, [this] { start(); });
}

void ProjectionPart::start() {
    propagator_.reset();
    h_is_due_ = false;
    arrivals_.start();
    state_.restart(parts(), rows());
    h_ = Buffer(settings_.precision, rows() * num_post());
    current_ = Buffer(settings_.precision, rows() * num_post());
    output_arrays_.rows = rows();
}

void ProjectionPart::throw_not_finite(const Clock& clock) {
    bring_up_to_date();
    const auto find = [&](const std::string& variable, const Buffer& buffer) {
        for (std::size_t at = 0; at < buffer.size(); ++at)
            if (const double value = buffer.get(at); !std::isfinite(value))
                throw NonFiniteError(fmt::format("{}.{}", name_, variable), at, clock.step, clock.now(), value);
    };
    for (std::size_t k = 0; k < state_.synapse.size(); ++k) find(std::string(synapse_->states()[k]), state_.synapse[k]);
    for (std::size_t k = 0; k < state_.plasticity.size(); ++k)
        find(fmt::format("stp.{}", plasticity_->states()[k]), state_.plasticity[k]);
    throw std::logic_error("a loop reported a value that is not finite, but there is none");
}

}  // namespace bouton
