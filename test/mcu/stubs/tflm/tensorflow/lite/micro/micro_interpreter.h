// The interpreter. What a test says about its model stands in stub_model: bytes of inputs and outputs, and of the arena.
#pragma once
#include "tensorflow/lite/micro/micro_allocator.h"
#include "tensorflow/lite/micro/micro_resource_variable.h"
#include "tensorflow/lite/schema/schema_generated.h"

#define TFLITE_SCHEMA_VERSION (3)

enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };

union TfLitePtrUnion {
    int8_t* int8;
    uint8_t* uint8;
    float* f;
    char* raw;
    void* data;
};
struct TfLiteTensor {
    TfLitePtrUnion data;
    size_t bytes;
};

struct StubModel {
    const void* data;  // the model that this is about
    size_t inputs, input_bytes[4], outputs, output_bytes[4];
    size_t arena;  // what AllocateTensors needs
};
// Of the test: what it knows about a model.
const StubModel* stub_model(const void* data);

namespace tflite {

class MicroOpResolver {
public:
    virtual bool is_full() const { return false; }

protected:
    ~MicroOpResolver() = default;
};

class MicroInterpreter {
public:
    MicroInterpreter(const Model* model, const MicroOpResolver& resolver, uint8_t* arena, size_t bytes)
        : about_(stub_model(model)), resolver_(resolver), arena_(arena), bytes_(bytes) {}
    MicroInterpreter(const Model* model, const MicroOpResolver& resolver, MicroAllocator* allocator, MicroResourceVariables*)
        : about_(stub_model(model)), resolver_(resolver), arena_(allocator->arena), bytes_(allocator->bytes) {}
    ~MicroInterpreter() { about_ = nullptr; }

    TfLiteStatus AllocateTensors() {
        if (about_ == nullptr || bytes_ < about_->arena || !resolver_.is_full()) return kTfLiteError;
        uint8_t* at = arena_;
        for (size_t i = 0; i < about_->inputs; ++i) at = place(inputs_[i], at, about_->input_bytes[i]);
        for (size_t i = 0; i < about_->outputs; ++i) at = place(outputs_[i], at, about_->output_bytes[i]);
        return static_cast<size_t>(at - arena_) <= bytes_ ? kTfLiteOk : kTfLiteError;
    }
    // Byte i of an output: byte i of the first input, over and over, plus a byte of the model.
    TfLiteStatus Invoke() {
        const uint8_t mark = static_cast<const uint8_t*>(about_->data)[64];
        for (size_t o = 0; o < about_->outputs; ++o)
            for (size_t i = 0; i < outputs_[o].bytes; ++i)
                outputs_[o].data.uint8[i] = static_cast<uint8_t>(inputs_[0].data.uint8[i % inputs_[0].bytes] + mark);
        return kTfLiteOk;
    }
    TfLiteTensor* input(size_t index) { return index < about_->inputs ? &inputs_[index] : nullptr; }
    TfLiteTensor* output(size_t index) { return index < about_->outputs ? &outputs_[index] : nullptr; }
    size_t inputs_size() const { return about_->inputs; }
    size_t outputs_size() const { return about_->outputs; }

private:
    static uint8_t* place(TfLiteTensor& tensor, uint8_t* at, size_t bytes) {
        tensor.data.uint8 = at;
        tensor.bytes = bytes;
        return at + (bytes + 15) / 16 * 16;
    }

    const StubModel* about_;
    const MicroOpResolver& resolver_;
    uint8_t* arena_;
    size_t bytes_;
    TfLiteTensor inputs_[4], outputs_[4];
};

}  // namespace tflite
