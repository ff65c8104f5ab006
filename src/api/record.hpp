// The `.json` beside each written file: what it was made from, how, and with which result. With it a file is never replaced by a
// different one unasked, and later runs know how its inputs were prepared.
#pragma once

#include "api/convert.hpp"
#include "data/record.hpp"

namespace tinsmith {

// "model_int8.json" for "model_int8.tflite".
std::string record_path(const std::string& output);

// Reads the whole file.
SourceFile described(const std::string& path);

// Throws Fault::input when `path` exists with other bytes than the new file `written`, or the record's path is taken by a file that is
// no record.
void refuse_other_result(const std::string& path, const std::string& written);

// Keys: tinsmith (its version), method, source (file, bytes, sha256, the same of files of weights as `external`; of a folder its name and `files`; format), output (file, bytes, sha256), options (those that were
// set), ranges_sha256, data (see data/record.hpp), results.
void write_record(const ConvertOptions& options, const Conversion& conversion, const Variant& variant, const DataRecord& data);

}  // namespace tinsmith
