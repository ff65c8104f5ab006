#include "convert_report.hpp"

#include "agreement_report.hpp"
#include "terminal.hpp"

namespace tinsmith::cli {

namespace {

using nlohmann::ordered_json;

int64_t operator_count(const Variant& variant) {
    int64_t count = 0;
    for (const auto& [name, n] : variant.operators) count += n;
    return count;
}

std::vector<std::string> row(const Variant& v, const ConvertOptions& options) {
    std::vector<std::string> out{std::string(method_name(v.method))};
    if (!v.refusal.empty()) {
        out.push_back(styled(Style::warn, "not written"));
        return out;
    }
    out.push_back(human_bytes(v.bytes));
    out.push_back(std::to_string(operator_count(v)));
    if (options.verify != Verify::off && v.agreement) {
        out.push_back(relative_text(v.agreement->relative()));
        out.push_back(decibels(v.agreement->sqnr()));
    }
    out.push_back(v.path);
    return out;
}

// Top-1 agreement with the source on the user's samples.
std::string verdict(const Variant& v, double threshold) {
    double top1 = v.agreement->top1();
    std::string word = top1 >= threshold ? styled(Style::good, "Validation PASSED") : styled(Style::warn, "Validation WARNING");
    return fmt::format("{}: {}: top-1 agreement {:.2f} % on {} samples (threshold {:.0f} %)\n", method_name(v.method), word,
                       100 * top1, v.agreement->samples, 100 * threshold);
}

ordered_json ports_json(const std::vector<Port>& ports) {
    ordered_json out = ordered_json::array();
    for (const Port& port : ports) {
        ordered_json item{{"name", port.name}};
        if (!port.note.empty()) item["note"] = port.note;
        out.push_back(item);
    }
    return out;
}

}  // namespace

std::string conversion_text(const Conversion& conversion, const ConvertOptions& options, double threshold) {
    std::string out = fmt::format("{} ({}, {})\n", styled(Style::bold, options.model), conversion.format,
                                  human_bytes(conversion.source_bytes));
    for (const std::string& note : conversion.notes) out += "  " + note + "\n";
    std::vector<std::vector<std::string>> rows{{"method", "size", "operators"}};
    if (options.verify != Verify::off) rows[0].insert(rows[0].end(), {"max error", "SQNR"});
    rows[0].push_back("file");
    for (const Variant& v : conversion.variants) rows.push_back(row(v, options));
    out += "\n" + table(rows);
    if (!options.data.path.empty())
        for (const Variant& v : conversion.variants)
            if (v.agreement && v.agreement->ranked()) out += verdict(v, threshold);
    for (const Variant& v : conversion.variants) {
        if (!v.refusal.empty()) out += fmt::format("{}: {}\n", method_name(v.method), v.refusal);
        for (const std::string& note : v.notes) out += fmt::format("{}: {}\n", method_name(v.method), note);
    }
    if (!conversion.variants.empty())
        for (const auto* ports : {&conversion.variants[0].inputs, &conversion.variants[0].outputs})
            for (const Port& port : *ports)
                if (!port.note.empty())
                    out += fmt::format("{} '{}': {}\n", ports == &conversion.variants[0].inputs ? "input" : "output", port.name,
                                       port.note);
    return out;
}

std::string conversion_json(const Conversion& conversion, const ConvertOptions& options, double threshold) {
    ordered_json variants = ordered_json::array();
    for (const Variant& v : conversion.variants) {
        ordered_json item{{"method", method_name(v.method)}};
        if (!v.refusal.empty()) {
            item["refusal"] = v.refusal;
            variants.push_back(item);
            continue;
        }
        ordered_json operators;
        for (const auto& [name, count] : v.operators) operators[name] = count;
        item.update({{"path", v.path},
                     {"bytes", v.bytes},
                     {"operators", operator_count(v)},
                     {"histogram", operators},
                     {"seconds", v.seconds}});
        item["inputs"] = ports_json(v.inputs);
        item["outputs"] = ports_json(v.outputs);
        item["notes"] = v.notes;
        if (v.agreement) item["agreement"] = agreement_json(*v.agreement);
        if (v.agreement && v.agreement->ranked() && !options.data.path.empty())
            item["validation"] = v.agreement->top1() >= threshold ? "PASSED" : "WARNING";
        variants.push_back(item);
    }
    return ordered_json{{"model", options.model},
                        {"format", conversion.format},
                        {"model_size_bytes", conversion.source_bytes},
                        {"notes", conversion.notes},
                        {"variants", variants}}
        .dump(2);
}

}  // namespace tinsmith::cli
