// predict: what a model says about inputs: classes and how sure it is, or the error of a reconstruction.
#pragma once

#include "api/runtime.hpp"
#include "base/progress.hpp"
#include "data/samples.hpp"
#include "frontend/frontend.hpp"
#include "report/validation.hpp"

namespace tinsmith {

struct PredictOptions {
    std::string model;
    std::vector<std::string> inputs;  // whatever --data takes: files and folders, each with one sample or many
    ReadOptions read;
    DataOptions data;  // its path is not used
    RuntimeOptions runtime;
    int threads = 1;
    int top = 1;  // classes to name for each input
    Progress progress;
};

struct Prediction {
    std::string input;                                // where the sample lies
    std::vector<std::pair<int32_t, double>> classes;  // the most likely first, with the confidence; of a single score 1 or 0
    double error = 0;                                 // Task::reconstruction: mean squared
};

struct Predictions {
    Task task = Task::classes;
    std::vector<Prediction> all;
    std::vector<std::string> class_names;  // empty: numbers only
    std::vector<std::string> notes;
};

// Throws Error; Fault::input for a model that neither names classes nor reconstructs its input.
Predictions predict(const PredictOptions& options);

// What a model's first output says of a sample.
class OutputReader {
public:
    explicit OutputReader(const Graph& graph);
    // One score is a decision even where no sigmoid shows it.
    Task task() const { return task_; }
    // The most likely classes first, at most `top`, with the confidence; of a single score 1 or 0.
    std::vector<std::pair<int32_t, double>> classes(std::span<const double> scores, int top) const;

private:
    Task task_;
    bool decided_;
};

// Scores as probabilities: as they are where they are such, else their softmax. `decided`: a sigmoid computes them, each for itself.
std::vector<double> confidences(std::span<const double> scores, bool decided);

}  // namespace tinsmith
