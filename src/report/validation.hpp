// Whether a converted model may take its source's place: decisions against labels and against the source, and how far apart the
// numbers are.
#pragma once

#include "report/agreement.hpp"
#include "report/classification.hpp"
#include "report/pairing.hpp"

namespace tinsmith {

// Mean of the squared differences; 0 for nothing.
double mean_squared(std::span<const double> a, std::span<const double> b);

// What a model is for, as its interface tells.
enum class Task {
    classes,         // its first output is a vector of scores (or one score) a sample
    reconstruction,  // its first output looks like its input: an autoencoder, judged by its error
    values,          // anything else: boxes, masks, numbers
};

// `known`: there are labels, or names of classes: a vector then holds scores, and a single score is a decision between two classes. Otherwise
// the end of the model must say so: softmax or sigmoid, or for a vector a dense layer without an activation (logits).
Task task_of(const Graph& graph, bool known);

struct Decision {
    size_t sample = 0;
    int32_t source = 0, result = 0, truth = -1;  // classes
    double source_score = 0, result_score = 0;   // of the class that was named; the error of a reconstruction
    double worst = 0;                            // values: largest difference over the output's largest value in the sample
};

struct Validation {
    Task task = Task::values;
    bool has_source = false, labelled = false;
    int k = 5;
    int64_t scores = 0;             // of the first output
    Agreement agreement;            // of all outputs; empty without a source
    double agreed = 0;              // share of samples (of values, for Task::values) on which both agree: see docs/command.md
    Classification against_source;  // the source's classes as truth
    Classification source, result;  // against labels
    std::vector<Decision> disagreements;    // the result decides otherwise than the source (without a source: than the label)
    double source_mse = 0, result_mse = 0;  // reconstruction
    double source_auc = 0, result_auc = 0;  // with labels (not 0: an anomaly); NaN where there is only one kind

    // Accuracy, or the AUC of a reconstruction; NaN without labels.
    double source_accuracy() const;
    double result_accuracy() const;
};

// Takes samples in order.
class Validator {
public:
    // `source` may be null: then only labels judge. `named`: the classes have names.
    Validator(const Graph* source, const Graph& result, const std::vector<std::string>& output_names, bool labelled, bool named,
              int k);

    // Real numbers of one sample: its first input, and both models' outputs.
    void add(size_t sample, std::span<const double> input, std::span<const OutputPair> outputs, std::optional<int32_t> label);
    Validation finish();

private:
    void add_classes(size_t sample, std::span<const double> expected, std::span<const double> actual,
                     std::optional<int32_t> label);
    void add_values(size_t sample, std::span<const double> expected, std::span<const double> actual);
    void finish_reconstruction();

    Validation out_;
    std::vector<double> source_errors_, result_errors_;  // of reconstructions
    std::vector<int32_t> labels_;
    std::vector<size_t> samples_;
    int64_t same_ = 0, compared_ = 0;
};

}  // namespace tinsmith
