// SPDX-License-Identifier: Apache-2.0
#include "golden_case.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <bouton/grad/own_model.hpp>
#include <bouton/grad/recorded_run.hpp>
#include <bouton/own_model.hpp>
#include <bouton/run/runner.hpp>

#include <nlohmann/json.hpp>

namespace bouton::test {

/// A neuron whose V is what it was set to, whatever its input.
template <class Real>
struct BasicClamped {
    static constexpr std::string_view name = "Clamped";

    struct State {
        Real V;  // [mV]
    };

    static constexpr auto parameters() { return std::array<Field<BasicClamped, Real>, 0>{}; }
    static constexpr auto states() { return std::array{field("V", &State::V)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.V, [](auto V) { return 0. * V; })};
    }
};
using Clamped = BasicClamped<Parameter>;

namespace {

using nlohmann::json;

// ---- reading

std::ifstream open(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return file;
}

using Row = std::vector<std::string>;

/// The lines of a table, the header first.
std::vector<Row> read_csv(const std::filesystem::path& path) {
    std::ifstream file = open(path);
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
        if (rows.back().size() != rows.front().size())
            throw std::runtime_error(path.string() + " has a line that is not as long as its header");
    }
    return rows;
}

/// Nested lists of numbers, or one number.
Array to_array(const json& given) {
    if (!given.is_array()) return {Shape(), {given.get<double>()}};
    std::vector<std::size_t> axes{given.size()};
    std::vector<double> values;
    for (const json& entry : given) {
        const Array part = to_array(entry);
        axes.resize(1);
        axes.insert(axes.end(), part.shape.axes().begin(), part.shape.axes().end());
        values.insert(values.end(), part.values.begin(), part.values.end());
    }
    return {Shape(std::move(axes)), std::move(values)};
}

std::vector<double> to_values(const json& given) { return to_array(given).values; }

template <class Value>
Value to_parameter(const json& given) {
    if constexpr (std::is_same_v<Value, double>)
        return given.get<double>();
    else
        return given.is_array() ? Parameter(to_values(given)) : Parameter(given.get<double>());
}

/// "syn.stp.x" as "syn" and "stp.x".
std::pair<std::string, std::string> split(const std::string& path) {
    const std::size_t dot = path.find('.');
    return {path.substr(0, dot), path.substr(dot + 1)};
}

// ---- models by their names

/// The model with the parameters that are given and not null; the keys "type" and "method" are no parameters.
template <class Model>
Model with_given(const json& given) {
    Model model;
    for (const auto& [key, value] : given.items()) {
        if (key == "type" || key == "method" || value.is_null()) continue;
        bool found = false;
        for (const auto& field : Model::parameters()) {
            if (field.name != key) continue;
            using Value = std::remove_reference_t<decltype(model.*field.member)>;
            model.*field.member = to_parameter<Value>(value);
            found = true;
        }
        if (!found) throw std::runtime_error(std::string(Model::name) + " has no parameter " + key);
    }
    return model;
}

Neuron make_neuron(const std::string& type, const json& parameters) {
#define BOUTON_IF_IT_IS(Model) \
    if (type == Model<Parameter>::name) return with_given<Model<Parameter>>(parameters);
    BOUTON_NEURONS(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
    throw std::runtime_error("no neuron " + type);
}

Synapse make_synapse(const std::string& type, const json& parameters) {
#define BOUTON_IF_IT_IS(Model) \
    if (type == Model<double>::name) return with_given<Model<double>>(parameters);
    BOUTON_SYNAPSES(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
    throw std::runtime_error("no synapse " + type);
}

Plasticity make_plasticity(const json& given) {
    if (given.is_null()) return {};
    const std::string type = given.at("type"), method = given.value("method", "exp_auto");
#define BOUTON_IF_IT_IS(Model) \
    if (type == Model<double>::name) return Plasticity(with_given<Model<double>>(given), method);
    BOUTON_PLASTICITIES(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
    throw std::runtime_error("no plasticity " + type);
}

Output make_output(const json& given) {
    const std::string type = given.at("type");
#define BOUTON_IF_IT_IS(Model) \
    if (type == Model<Parameter>::name) return with_given<Model<Parameter>>(given);
    BOUTON_OUTPUTS(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
    throw std::runtime_error("no output " + type);
}

// ---- connections

Connector make_connector(const json& conn) {
    const std::string type = conn.at("type");
    if (type == "All2All") return All2All{.include_self = conn.value("include_self", true)};
    if (type == "One2One") return One2One{};
    if (type == "dense") return MatConn{to_array(conn.at("mask"))};
    if (type == "ij") return IJConn{conn.at("i"), conn.at("j")};
    throw std::runtime_error("no connections " + type);
}

Weight make_weight(const json& g_max, const std::string& connector) {
    if (!g_max.is_array()) return g_max.get<double>();
    if (connector == "ij") return PerConnection{to_values(g_max)};
    return to_array(g_max);
}

Delay make_delay(const json& delay_step) {
    if (delay_step.is_null()) return {};
    return to_array(delay_step);
}

ProjectionOptions make_options(const json& synapse) {
    return {.g_max = make_weight(synapse.at("g_max"), synapse.at("conn").at("type")),
            .delay_step = make_delay(synapse.at("delay_step")),
            .output = make_output(synapse.at("output")),
            .stp = make_plasticity(synapse.at("stp")),
            .method = synapse.at("method"),
            .comp_method = synapse.at("comp_method"),
            .stop_spike_gradient = synapse.value("stop_spike_gradient", false)};
}

// ---- the network

Settings with_mode(Settings settings, const json& mode) {
    if (mode.at("type") == "batching") settings.mode = Mode::batching(mode.at("batch_size").get<std::size_t>());
    if (mode.at("type") == "training") settings.mode = Mode::training(mode.at("batch_size").get<std::size_t>());
    return settings;
}

class Simulation {
 public:
    Simulation(const json& given, const Settings& settings, bool with_spikes)
        : given_(given), direct_(given.at("drive") == "direct"), net_(with_mode(settings, given.at("mode"))) {
        options_.dt = given.at("dt");
        options_.data_first_axis = FirstAxis::time;
        for (const auto& [name, group] : given.at("groups").items()) add_group(name, group);
        for (const json& synapse : given.at("synapses")) add_projection(synapse);
        for (const json& input : given.at("inputs")) add_input(input);
        if (direct_) drive_directly();
        for (const std::string path : given.at("monitors"))
            options_.monitors.emplace_back(path, Target(variable(path)), recorded(path), every());
        if (with_spikes)
            for (const std::string group : given.at("spike_groups"))
                options_.monitors.push_back(Monitor::Spikes{group});
    }

    GoldenResult run() {
        Runner runner(net_, options_);
        runner.run_steps(given_.at("steps"));
        GoldenResult result;
        for (const std::string path : given_.at("monitors")) add_columns(result, path, runner.recording()[path]);
        for (std::uint64_t step = 0; step < given_.at("steps"); step += every()) {
            result.columns["step"].push_back(static_cast<double>(step));
            result.columns["t"].push_back(static_cast<double>(step) * options_.dt);
        }
        for (const Monitor& monitor : options_.monitors) {
            if (!std::holds_alternative<Monitor::Spikes>(monitor.source)) continue;
            const Events& events = runner.recording().events(monitor.name);
            for (std::size_t k = 0; k < events.steps.size(); ++k)
                result.spikes.push_back({events.steps[k], monitor.name, events.indices[k]});
        }
        std::ranges::sort(result.spikes);
        for (const json& synapse : given_.at("synapses"))
            if (is_by_exp_auto(synapse)) {
                const std::string name = synapse.at("name");
                result.how[name] = projections_.at(name).how();
            }
        return result;
    }

    /// The loss is the sum over its terms of weight sum((variable - target)^2), from a step on.
    GoldenGradients differentiate(std::optional<std::uint64_t> memory, unsigned threads) {
        if (direct_) throw std::runtime_error("projections that are driven directly stand outside of the network");
        RecordedRunOptions options{.inputs = options_.inputs,
                                   .dt = options_.dt,
                                   .threads = threads,
                                   .memory = memory,
                                   .own_models = {linearisation_of<BasicClamped>()}};
        for (const json& term : given_.at("loss")) {
            const std::string path = path_of(term);
            if (std::ranges::none_of(options.monitors, [&](const Monitor& m) { return m.name == path; }))
                options.monitors.emplace_back(path, Target(variable(path)));
        }
        RecordedRun run(net_, options);
        run.run_steps(given_.at("steps"));
        GoldenGradients got;
        std::map<std::string, Array> cotangents;
        for (const json& term : given_.at("loss")) {
            const Array record = run[path_of(term)].array();
            Array& cotangent =
                cotangents.try_emplace(path_of(term), Array{record.shape, std::vector<double>(record.values.size())})
                    .first->second;
            const double weight = term.at("weight");
            const std::size_t width = record.values.size() / record.shape[0];
            const Array target = to_array(term.at("target"));
            for (std::size_t i = term.value("from_step", std::size_t{0}) * width; i < record.values.size(); ++i) {
                const double off = record.values[i] - target.values[i % target.values.size()];
                got.loss += weight * off * off;
                cotangent.values[i] += 2 * weight * off;
            }
        }
        NamedValues named(cotangents.begin(), cotangents.end());
        std::vector<std::string> quantities;
        for (const json& synapse : given_.at("synapses"))
            quantities.push_back(synapse.at("name").get<std::string>() + ".g_max");
        for (const auto& [name, group] : given_.at("groups").items())
            if (group.contains("params")) quantities.push_back(name + ".input");
        for (const auto& [path, values] : run.pullback(named, quantities)) {
            const auto [owner, quantity] = split(path);
            auto& by_index = got.derivatives["d_loss/d_" + quantity + ":" + owner];
            const Array array = values.array();
            for (std::size_t i = 0; i < array.values.size(); ++i) by_index[index_of(array.shape, i)] = array.values[i];
        }
        return got;
    }

 private:
    static std::string path_of(const json& term) {
        return term.at("group").get<std::string>() + "." + term.at("var").get<std::string>();
    }
    /// "1;0;2"
    static std::string index_of(const Shape& shape, std::size_t flat) {
        std::string text;
        for (std::size_t axis = shape.rank(); axis-- > 0;) {
            text = std::to_string(flat % shape[axis]) + (text.empty() ? "" : ";" + text);
            flat /= shape[axis];
        }
        return text;
    }

    static std::optional<Surrogate> surrogate_of(const json& group) {
        if (!group.contains("surrogate") || group.at("surrogate").is_null()) return std::nullopt;
        const std::string name = group.at("surrogate").at("name");
        const std::map<std::string, double> given =
            group.at("surrogate").value("params", std::map<std::string, double>());
        std::vector<Surrogate::Parameter> parameters;
        for (const auto& [key, value] : given) parameters.push_back({key, value});
        return Surrogate(name, parameters);
    }

    static bool is_by_exp_auto(const json& synapse) {
        const json& stp = synapse.at("stp");
        return Method(synapse.at("method").get<std::string>()).is_exp_auto() &&
               (stp.is_null() || Method(stp.value("method", "exp_auto")).is_exp_auto());
    }

    void add_group(const std::string& name, const json& group) {
        const std::string type = group.at("type");
        const int num = group.at("num");
        if (type == "spike_source")
            add_source(name, num, source_of(group.at("spikes")));
        else if (type == "SpikeTimeGroup")
            add_source(name, num, {.times = group.at("times"), .indices = group.at("indices")});
        else if (type == "clamped")
            add_clamped(name, num, group.at("V"));
        else
            groups_.emplace(name, net_.add(name, Population(name, make_neuron(type, group.at("params")), num,
                                                            {.initial = {{"V", to_values(group.at("V0"))}},
                                                             .method = group.at("method"),
                                                             .spike_fun = surrogate_of(group)},
                                                            net_.settings())));
    }

    /// The k-th step is the first with t >= k dt.
    SpikeTimeGroup source_of(const json& spikes) const {
        SpikeTimeGroup source;
        for (const json& spike : spikes) {
            source.times.push_back(spike.at(0).get<double>() * options_.dt);
            source.indices.push_back(spike.back());
            if (spike.size() == 3) source.rows.push_back(spike.at(1));
        }
        return source;
    }

    void add_source(const std::string& name, int num, const SpikeTimeGroup& source) {
        const Population population(name, source, num, net_.settings());
        groups_.emplace(name, population);
        if (direct_)
            sources_.push_back(population);
        else
            net_.add(name, population);
    }

    void add_clamped(const std::string& name, int num, const json& V) {
        const bool per_step = V.at(0).is_array();
        const Population population(name, Clamped{}, num, {.initial = {{"V", to_values(per_step ? V.at(0) : V)}}},
                                    net_.settings());
        groups_.emplace(name, net_.add(name, population));
        if (per_step) options_.inputs.emplace_back(population.variable("V"), PerStep{to_array(V)}, Operation::set);
    }

    void add_projection(const json& synapse) {
        const std::string name = synapse.at("name");
        const Projection projection(name, groups_.at(synapse.at("pre")), groups_.at(synapse.at("post")),
                                    make_connector(synapse.at("conn")),
                                    make_synapse(synapse.at("model"), synapse.at("params")), make_options(synapse));
        projections_.emplace(name, projection);
        if (direct_)
            driven_.push_back(projection);
        else
            net_.add(name, projection);
    }

    void add_input(const json& input) {
        const Variable target = groups_.at(input.at("target")).variable("input");
        if (input.contains("per_step"))
            options_.inputs.emplace_back(target, PerStep{to_array(input.at("per_step"))});
        else
            options_.inputs.emplace_back(target, to_values(input.at("value")));
    }

    /// The projections get the spikes of the very step, which no network does: sources and projections stand outside of
    /// it, and the last of its inputs steps them.
    void drive_directly() {
        const auto step = [sources = sources_, driven = driven_](const StepInfo& now) mutable {
            const Clock clock{.dt = now.dt, .step = now.i};
            for (Population& source : sources) source.update(clock);
            for (Projection& projection : driven) projection.update(clock, projection.pre().variable("spike").values());
            return std::vector<double>{0};
        };
        if (!driven_.empty())
            options_.inputs.emplace_back(driven_.front().post().variable("input"), InputFunction(step));
    }

    std::uint64_t every() const { return given_.value("record_every", std::uint64_t{1}); }

    Variable variable(const std::string& path) const {
        const auto [owner, rest] = split(path);
        const auto group = groups_.find(owner);
        return group == groups_.end() ? projections_.at(owner).variable(rest) : group->second.variable(rest);
    }

    /// The neurons that have a column; empty: all.
    std::vector<std::uint32_t> recorded(const std::string& path) const {
        return given_.value("record", json::object()).value(path, std::vector<std::uint32_t>());
    }

    void add_columns(GoldenResult& result, const std::string& path, const Record& record) const {
        const bool batched = net_.settings().mode.batched();
        const std::vector<std::uint32_t> indices = recorded(path);
        const std::size_t samples = record.shape[0], width = record.values.size() / samples;
        const std::size_t num = width / net_.settings().mode.rows();
        for (std::size_t at = 0; at < width; ++at) {
            const std::size_t neuron = indices.empty() ? at % num : indices[at % num];
            const std::string row = batched ? "[" + std::to_string(at / num) + "]" : "";
            std::vector<double>& column = result.columns[path + row + "[" + std::to_string(neuron) + "]"];
            for (std::size_t k = 0; k < samples; ++k) column.push_back(record.values[k * width + at]);
        }
    }

    const json& given_;
    bool direct_;
    Network net_;
    RunnerOptions options_;
    std::map<std::string, Population> groups_;
    std::map<std::string, Projection> projections_;
    std::vector<Population> sources_;  // of a direct drive, outside of the network
    std::vector<Projection> driven_;
};

}  // namespace

GoldenCase::GoldenCase(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::ifstream file = open(folder_ / "case.json");
    description_.assign(std::istreambuf_iterator<char>(file), {});
    const json tolerance = json::parse(description_).at("tolerance");
    rtol_ = tolerance.at("rtol");
    atol_ = tolerance.at("atol");
    gradient_rtol_ = tolerance.value("gradient_rtol_of_max", 1e-9);
}

GoldenResult GoldenCase::expected() const {
    GoldenResult result;
    const std::vector<Row> table = read_csv(folder_ / "expected.csv");
    for (std::size_t c = 0; c < table.at(0).size(); ++c)
        for (std::size_t k = 1; k < table.size(); ++k) result.columns[table[0][c]].push_back(std::stod(table[k][c]));
    if (!std::filesystem::exists(folder_ / "spikes.csv")) return result;
    const std::vector<Row> spikes = read_csv(folder_ / "spikes.csv");
    for (std::size_t k = 1; k < spikes.size(); ++k)
        result.spikes.push_back(
            {std::stoull(spikes[k].at(0)), spikes[k].at(1), static_cast<std::uint32_t>(std::stoul(spikes[k].at(2)))});
    std::ranges::sort(result.spikes);
    return result;
}

bool GoldenCase::has_gradients() const { return std::filesystem::exists(folder_ / "gradients.csv"); }

GoldenGradients GoldenCase::expected_gradients() const {
    GoldenGradients expected;
    const std::vector<Row> table = read_csv(folder_ / "gradients.csv");
    for (std::size_t k = 1; k < table.size(); ++k) {
        const double value = std::stod(table[k].at(2));
        if (table[k].at(0) == "loss")
            expected.loss = value;
        else
            expected.derivatives[table[k][0]][table[k][1]] = value;
    }
    return expected;
}

GoldenGradients GoldenCase::gradients(std::optional<std::uint64_t> memory, unsigned threads) const {
    const json given = json::parse(description_);
    return Simulation(given, {.brainpy_2_4 = true}, false).differentiate(memory, threads);
}

bool GoldenCase::is_training() const { return json::parse(description_).at("mode").at("type") == "training"; }
bool GoldenCase::is_driven() const { return json::parse(description_).at("category") == "driven"; }

GoldenResult GoldenCase::run(const Kernels& kernels, Precision precision, bool brainpy_2_4) const {
    // The object sorts the groups by name. That shows in no value: within a step groups do not see each other.
    const json given = json::parse(description_);
    return Simulation(given, {.precision = precision, .brainpy_2_4 = brainpy_2_4, .kernels = &kernels},
                      std::filesystem::exists(folder_ / "spikes.csv"))
        .run();
}

}  // namespace bouton::test
