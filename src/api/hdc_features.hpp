// The feature extractor in front of a hyperdimensional classifier: what it and its float source compute for each sample.
#pragma once

#include "api/hdc.hpp"
#include "base/parallel.hpp"
#include "report/pairing.hpp"
#include "run/runner.hpp"

namespace tinsmith {

// Of one sample. Without a reference the source's are the device's.
struct Features {
    std::vector<int8_t> stored;         // as the device computes them
    std::vector<double> real;           // the same as real numbers
    std::vector<double> source;         // as the float source computes them
    std::vector<int8_t> source_stored;  // the same, quantised
};

class FeatureExtractor {
public:
    // `features`: how many the classifier takes; 0: the first output's number. Throws Fault::input when no output of the model fits.
    FeatureExtractor(const HdcOptions& options, size_t features);

    const Graph& graph() const { return graph_; }
    const Quant& quant() const { return *type_.quant; }
    size_t output() const { return output_; }  // of the graph, that holds the features
    const Preprocess& preprocess() const { return preprocess_; }
    bool has_reference() const { return source_ != nullptr; }
    const Samples& samples() const { return *samples_; }
    const std::vector<std::string>& class_names() const { return class_names_; }
    const std::vector<std::string>& notes() const { return notes_; }

    // produce(i, features of sample i) on several threads, consume(i, its result) in order.
    template <class Produce, class Consume>
    void each(int threads, const Progress& progress, Produce produce, Consume consume) const {
        ordered_parallel(
            samples_->size(), threads, [&](size_t i) { return produce(i, of(i)); },
            [&](size_t i, auto result) {
                consume(i, std::move(result));
                if (progress) progress("classifying", static_cast<int64_t>(i + 1), static_cast<int64_t>(samples_->size()));
            });
    }

private:
    Features of(size_t sample) const;

    Graph graph_;  // of the device, with all its constants: a session keeps those that it needs
    std::unique_ptr<Runner> device_, source_;
    std::optional<Pairing> pairing_;
    std::unique_ptr<Samples> samples_;
    size_t output_ = 0;  // among those of the device
    Type type_;
    Preprocess preprocess_;  // as stated or recorded
    std::vector<std::string> class_names_, notes_;
};

}  // namespace tinsmith
