// SPDX-License-Identifier: Apache-2.0
#include <bouton/core/error.hpp>

#include "projection_part.hpp"

namespace bouton {

std::uint64_t expected_bytes(const View& pre, const View& post, const Connector& connector,
                             const ProjectionOptions& options) {
    const std::optional<Forecast> forecast = connector.forecast(pre.size(), post.size());
    if (!forecast)
        throw UsageError("the connector is a function without a forecast, but must have one to tell what it will need");
    return expected_bytes(*forecast, pre.size().count(), post.size().count(), options.g_max, options.delay_step,
                          pre.population().settings().precision);
}

Projection::Projection(std::string name, const View& pre, const View& post, const Connector& connector,
                       const Synapse& synapse, const ProjectionOptions& options)
    : part_(std::make_shared<ProjectionPart>(std::move(name), pre, post, connector, synapse, options)) {}

const std::string& Projection::name() const { return part_->name(); }
const Settings& Projection::settings() const { return part_->settings(); }
const View& Projection::pre() const { return part_->pre(); }
const View& Projection::post() const { return part_->post(); }
const Connectivity& Projection::connectivity() const { return part_->wiring().graph; }
const Weights& Projection::weights() const { return part_->wiring().weights; }
const Delays& Projection::delays() const { return part_->wiring().delays; }
std::uint64_t Projection::bytes() const { return part_->bytes(); }
bool Projection::stop_spike_gradient() const { return part_->stop_spike_gradient(); }
std::string Projection::how() const { return part_->how(); }
std::vector<std::string> Projection::variables() const { return part_->variables(); }
Variable Projection::variable(std::string_view name) const { return part_->variable(name); }
void Projection::set_parameter(std::string_view parameter, const Parameter& value) {
    part_->set_parameter(parameter, value);
}
void Projection::set_weights(const Weight& weight) { part_->set_weights(weight); }
void Projection::update(const Clock& clock) { part_->update(clock); }
void Projection::update(const Clock& clock, std::span<const double> pre_spike) { part_->update(clock, pre_spike); }
void Projection::take_state(const Projection& other) { part_->take_state(*other.part_); }
void Projection::reset_state(std::optional<std::size_t> batch_size) { part_->reset_state(batch_size); }

}  // namespace bouton
