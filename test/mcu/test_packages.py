"""Packages: compiled without a warning and linked for the host, Arm and RISC-V against stubs of the libraries that they are for, run here and
under QEMU, and held against TFLite Micro itself, where it is installed."""

import json
import os
import pathlib
import stat
import subprocess
import sys

import numpy as np
import pytest

import generated
import packages
from generated import ROOT, SHARED, run
from packages import STUBS, array, build, export, macros, sources_of

DIGITS = ROOT / "examples/digits/digits.onnx"
DIGITS_DATA = ["--data", ROOT / "examples/digits/digits_test.npz"]
KWS = SHARED / generated.BOARD_MODELS["kws"]
TINYNAS = SHARED / "models/tinynas"
PLATFORMS = list(packages.PLATFORMS)
SEED = int(os.environ.get("SEED", 5))


@pytest.fixture(params=PLATFORMS)
def platform(request):
    if packages.missing(request.param):
        pytest.skip(f"{', '.join(packages.missing(request.param))} not installed: make test-mcu installs it")
    return request.param


def needs(path):
    if not path.exists():
        pytest.skip(f"{path.name}: no shared models")
    return path


def main_text(name, data, statements, includes=()):
    """A program around the functions of a package for TFLite Micro, and what the stub knows of its models: (data, bytes in, bytes out, arena)."""
    models = ", ".join(f"{{{array}, 1, {{{i}}}, 1, {{{o}}}, {arena}}}" for array, i, o, arena in data)
    body = "\n    ".join(statements)
    return f"""#include "{name}.h"
#include "{name}_model_data.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include <string.h>
{"".join(f'#include "{include}"' + chr(10) for include in includes)}
static const StubModel models[] = {{{models}}};
const StubModel* stub_model(const void* data) {{
    for (const StubModel& model : models)
        if (model.data == data) return &model;
    return nullptr;
}}
static uint8_t in[{max(i for _, i, _, _ in data)}];
static int8_t out[{max(o for _, _, o, _ in data)}];
#define EXPECT(condition) do {{ if (!(condition)) return __LINE__ % 255 + 1; }} while (0)
int main() {{
    (void)out;
    for (size_t i = 0; i < sizeof(in); ++i) in[i] = static_cast<uint8_t>(7 * i);
    {body}
    return 0;
}}
"""


@pytest.mark.parametrize("form", ["plain", "esp-idf", "arduino"])
def test_tflm(form, platform, tmp_path):
    """Initialises, infers and says what is wrong: compiled for every platform, run on the host."""
    model = packages.image_model(tmp_path / "image.tflite")
    said = export(model, tmp_path / "out", "--format", "tflm", "--package", form, "--name", "feature_extractor")
    code = tmp_path / "out" / ("src" if form == "arduino" else ".")
    numbers = macros(code / "feature_extractor.h")
    assert said["arena_bytes"] in (numbers["FEATURE_EXTRACTOR_ARENA_BYTES_REFERENCE"], numbers["FEATURE_EXTRACTOR_ARENA_BYTES_CMSIS_NN"])
    planned = json.loads(run([generated.command(), "plan", model, "--target", "tflm", "--json"]))
    assert said["arena_bytes"] == planned["recommended_arena_bytes"]
    ok, bad_schema, small, not_ready = ("ESP_OK", "ESP_ERR_INVALID_VERSION", "ESP_ERR_NO_MEM", "ESP_ERR_INVALID_STATE") \
        if form == "esp-idf" else (f"FEATURE_EXTRACTOR_{e}" for e in ("OK", "BAD_SCHEMA", "TOO_SMALL", "NOT_READY"))
    data = [("feature_extractor_model_data", 8 * 8 * 3, 8 * 8 * 4, numbers["FEATURE_EXTRACTOR_ARENA_BYTES_REFERENCE"])]
    statements = [
        f"EXPECT(tflite_extract_features(in, out) == {not_ready});",
        f"alignas(16) static uint8_t small[{data[0][3] - 16}];",
        f"EXPECT(tflite_init_feature_extractor_in(small, sizeof(small)) == {small});",
        f"EXPECT(tflite_init_feature_extractor() == {ok});",
        f"EXPECT(tflite_extract_features(in, out) == {ok});",
        "for (size_t i = 0; i < sizeof(out); ++i)",
        "    EXPECT(static_cast<uint8_t>(out[i]) == static_cast<uint8_t>(in[i % sizeof(in)] - 128 + feature_extractor_model_data[64]));",
        f"EXPECT(tflite_extract_features(nullptr, out) != {ok});",
        f"EXPECT(tflite_invoke_feature_extractor() == {ok});",
        "EXPECT(memcmp(tflite_feature_extractor_output(0), out, sizeof(out)) == 0);",
        "EXPECT(tflite_feature_extractor_input(1) == nullptr);"]
    main = tmp_path / "main.cpp"
    main.write_text(main_text("feature_extractor", data, statements))
    includes = [code, STUBS / "tflm", STUBS / "esp-idf", STUBS / "arduino"]
    program = build(platform, [*sources_of(code), main], tmp_path / "program", includes)
    packages.start(platform, program)
    if platform != "host":
        return
    main.write_text(main_text("feature_extractor", data,
                              [f"EXPECT(tflite_init_feature_extractor() == {bad_schema});"]))
    run([build(platform, [*sources_of(code), main], tmp_path / "old", includes, ["-DSTUB_VERSION=2"])])
    main.write_text(main_text("feature_extractor", data, [f"EXPECT(tflite_init_feature_extractor() == {small});"]))
    run([build(platform, [*sources_of(code), main], tmp_path / "small", includes, [f"-DFEATURE_EXTRACTOR_ARENA_BYTES={data[0][3] - 16}"])])


@pytest.mark.parametrize("format", ["tflm", "c"])
def test_arduino_sketch(format, platform, tmp_path):
    model = packages.image_model(tmp_path / "image.tflite")
    folder = tmp_path / "out"
    export(model, folder, "--format", format, "--package", "arduino", "--name", "vision")
    properties = dict(line.split("=", 1) for line in (folder / "library.properties").read_text().splitlines() if line)
    assert properties["name"] == "vision" and properties["includes"] == "vision.h"
    sketch = folder / "examples/vision/vision.ino"
    wrapped = tmp_path / "sketch.cpp"  # as Arduino does
    wrapped.write_text(f'#include <Arduino.h>\n#include "{sketch}"\n')
    extra = tmp_path / "stub.cpp"
    extra.write_text('#include "tensorflow/lite/micro/micro_interpreter.h"\n'
                     "const StubModel* stub_model(const void*) { return nullptr; }\n")
    sources = [*sources_of(folder / "src"), wrapped, STUBS / "arduino/arduino_main.cpp"] + ([extra] if format == "tflm" else [])
    program = build(platform, sources, tmp_path / "program", [folder / "src", STUBS / "arduino", STUBS / "tflm"])
    if format == "c":
        packages.start(platform, program)


@pytest.mark.parametrize("psram", [False, True])
@pytest.mark.parametrize("format", ["tflm", "c"])
def test_esp_idf_component(format, psram, platform, tmp_path):
    """Its own CMakeLists.txt, with a stand-in for ESP-IDF's function."""
    model = packages.image_model(tmp_path / "image.tflite")
    folder = tmp_path / "component"
    export(model, folder, "--format", format, "--package", "esp-idf", "--name", "vision")
    assert "espressif/esp-tflite-micro" in (folder / "idf_component.yml").read_text() or format == "c"
    options = set(line.split()[1] for line in (folder / "Kconfig").read_text().splitlines() if line.split()[:1] == ["config"])
    used = set(word.split("CONFIG_")[1].strip(')}"') for word in (folder / "CMakeLists.txt").read_text().split() if "CONFIG_" in word)
    assert used and used <= options, "what CMake asks for, Kconfig has"
    cc, cxx, processor, linked = packages.PLATFORMS[platform]
    main = tmp_path / ("main.cpp" if format == "tflm" else "main.c")
    main.write_text(main_text("vision", [("vision_model_data", 192, 256, 1)],
                              ["EXPECT(tflite_init_vision() == ESP_OK);", "EXPECT(tflite_run_vision(in, out) == ESP_OK);"])
                    if format == "tflm" else '#include "vision.h"\nint main(void) { return vision_self_test(&vision_memory); }\n')
    specs = [word for word in linked if word.startswith("--specs")]
    freestanding = [] if packages.has_new(platform) else [f"-I{STUBS}/freestanding"]
    flags = [*processor, *specs, *packages.WARNINGS, *freestanding]
    links = [*processor, *linked, "-Wl,--gc-sections"]
    defines = [f"-DCOMPONENT={folder}", f"-DMAIN={main}", f"-DFLAGS={';'.join(flags)}", f"-DLINK={';'.join(links)}",
               "-DCONFIG_VISION_ARENA_RESERVE=64", "-DCMAKE_BUILD_TYPE=", f"-DCMAKE_C_COMPILER={cc}", f"-DCMAKE_CXX_COMPILER={cxx}",
               "-DCMAKE_C_STANDARD=99", "-DCMAKE_CXX_STANDARD=17", "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY",
               "-DCMAKE_CXX_FLAGS=-fno-exceptions -fno-rtti -fno-threadsafe-statics"]
    if platform != "host":
        defines += ["-DCMAKE_SYSTEM_NAME=Generic"]
    if psram:
        defines += ["-DCONFIG_VISION_ARENA_IN_PSRAM=1"]
    run(["cmake", "-S", STUBS / "esp-idf", "-B", tmp_path / "build", *defines])
    run(["cmake", "--build", tmp_path / "build"])
    objects = run(["objdump", "-h", *sorted((tmp_path / "build").rglob("libcomponent.a"))]) if platform == "host" else ""
    assert platform != "host" or (".ext_ram.bss" in objects) == psram
    packages.start(platform, tmp_path / "build/firmware")


def test_c_in_every_package(platform, tmp_path):
    model = packages.image_model(tmp_path / "image.tflite")
    for form in ("plain", "esp-idf", "arduino"):
        folder = tmp_path / form
        export(model, folder, "--format", "c", "--package", form, "--name", "vision")
        code = folder / ("src" if form == "arduino" else ".")
        main = tmp_path / "main.c"
        main.write_text('#include "vision.h"\nint main(void) { return vision_self_test(&vision_memory); }\n')
        program = build(platform, [*sources_of(code), main], tmp_path / f"program_{form}", [code])
        packages.start(platform, program)


@pytest.mark.parametrize("how", [[], ["--normalize", "0..1"], ["--normalize", "-1..1"], ["--normalize", "imagenet"],
                                 ["--normalize", "imagenet", "--channels", "bgr"]], ids=lambda how: "_".join(how[1::2]) or "none")
def test_pixels(how, tmp_path):
    """Every pixel value in every channel, against the formula."""
    random = np.random.default_rng(SEED)
    scale, zero = (2 / 255, -1) if "-1..1" in how else (0.0187, -14) if "imagenet" in how else (1 / 255, -128)
    model = packages.image_model(tmp_path / "image.tflite", side=16, scale=scale, zero=zero)
    folder = tmp_path / "out"
    export(model, folder, "--format", "tflm", "--name", "vision", *how)
    code = (folder / "vision.cpp").read_text()
    pixels = np.stack([random.permutation(256) for _ in range(3)], -1).astype(np.uint8)  # [256, 3]
    network = pixels[:, ::-1] if "bgr" in how else pixels
    if "imagenet" in how:
        mean, deviation = 255 * np.array([0.485, 0.456, 0.406]), 255 * np.array([0.229, 0.224, 0.225])
        real = ((network - mean) / deviation).astype(np.float32).astype(float)
        expected = np.clip(np.rint(real / np.float32(scale)) + zero, -128, 127).astype(np.int8)
        assert "pixel_table" in code
    else:
        expected = (network.astype(int) - 128).astype(np.int8)
        assert "- 128)" in code and "pixel_table" not in code, "exact, so no table"
    numbers = macros(folder / "vision.h")
    listed = ", ".join(map(str, pixels.ravel()))
    wanted = ", ".join(map(str, expected.ravel()))
    data = [("vision_model_data", 768, 1024, numbers["VISION_ARENA_BYTES_64_BIT"])]
    main = tmp_path / "main.cpp"
    main.write_text(main_text("vision", data, [
        f"static const uint8_t pixels[] = {{{listed}}};", f"static const int8_t wanted[] = {{{wanted}}};",
        "EXPECT(tflite_init_vision() == VISION_OK);", "EXPECT(tflite_run_vision(pixels, out) == VISION_OK);",
        "EXPECT(memcmp(tflite_vision_input(0), wanted, sizeof(wanted)) == 0);"]))
    run([build("host", [*sources_of(folder), main], tmp_path / "program", [folder, STUBS / "tflm"])])


def test_variants(platform, tmp_path):
    """Two models in one firmware, switched; each computes as by itself, in an arena of the larger one."""
    small = packages.image_model(tmp_path / "s.tflite", side=8, seed=1)
    large = packages.image_model(tmp_path / "l.tflite", side=16, seed=2)
    folder = tmp_path / "out"
    said = export("", folder, "--variant", f"tiny={small}", "--variant", f"accurate={large}", "--format", "tflm", "--name", "vision")
    assert said["arena_bytes"] == max(model["arena_bytes"] for model in said["models"])
    numbers = macros(folder / "vision.h")
    data = [(f"vision_{name}_model_data", side * side * 3, side * side * 4, numbers["VISION_ARENA_BYTES_REFERENCE"])
            for name, side in (("tiny", 8), ("accurate", 16))]
    statements = ["EXPECT(tflite_init_vision() == VISION_OK);"]
    for variant, (name, i, o, _) in [("TINY", data[0]), ("ACCURATE", data[1]), ("TINY", data[0])]:
        statements += [f"EXPECT(load_model_variant(MODEL_{variant}) == VISION_OK);", "EXPECT(tflite_run_vision(in, out) == VISION_OK);",
                       f"for (size_t i = 0; i < {o}; ++i)",
                       f"    EXPECT(static_cast<uint8_t>(out[i]) == static_cast<uint8_t>(in[i % {i}] - 128 + {name}[64]));"]
    main = tmp_path / "main.cpp"
    main.write_text(main_text("vision", data, statements))
    packages.start(platform, build(platform, [*sources_of(folder), main], tmp_path / "program", [folder, STUBS / "tflm"]))


def test_variants_must_be_alike(tmp_path):
    color = packages.image_model(tmp_path / "c.tflite")
    grey = packages.image_model(tmp_path / "g.tflite", channels=1)
    said = export("", tmp_path / "out", "--variant", f"a={color}", "--variant", f"b={grey}", "--format", "tflm", code=2)
    assert "'a' and 'b'" in said
    assert "'a-b'" in export("", tmp_path / "out", "--variant", f"a-b={color}", "--format", "tflm", code=2)


@pytest.mark.parametrize("language", ["c", "c++"])
def test_header(language, platform, tmp_path):
    model = packages.image_model(tmp_path / "3 dogs.tflite")
    folder = tmp_path / "out"
    export(model, folder, "--format", "header")
    header = folder / "model_3_dogs.h"
    assert array(header.read_text(), "model_3_dogs_data") == model.read_bytes(), "byte for byte"
    main = tmp_path / f"main.{'c' if language == 'c' else 'cpp'}"
    main.write_text(f'#include "model_3_dogs.h"\n#include <stdint.h>\nint main({"void" if language == "c" else ""}) {{\n'
                    "    return model_3_dogs_data_len != (int)sizeof(model_3_dogs_data) || (uintptr_t)model_3_dogs_data % 16 != 0;\n}\n")
    packages.start(platform, build(platform, [main], tmp_path / "program", [folder]))


def test_odd_operators(tmp_path):
    """What TFLite Micro has no kernel for is refused when it is exported, all of it by name."""
    T = packages.integer_models.Tensor
    case = packages.integer_models.Case("RELU_N1_TO_1", [T((1, 4), np.float32)], [T((1, 4), np.float32)])
    packages.integer_models.write(case, tmp_path / "odd.tflite")
    said = export(tmp_path / "odd.tflite", tmp_path / "out", "--format", "tflm", code=3)
    assert "RELU_N1_TO_1" in said or "ReluN1To1" in said, said
    assert not (tmp_path / "out").exists()


def used_operators(file):
    """By TFLite Micro's own reading of the file: the names of the operators that nodes call."""
    schema = pytest.importorskip("tflite_micro.tensorflow.lite.micro.python.schema_py_generated")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file, 0))
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    return {names[codes[node.opcodeIndex]] for graph in model.subgraphs for node in graph.operators or []}


@pytest.mark.parametrize("name", generated.BOARD_MODELS)
def test_against_tflite_micro(name, tmp_path):
    """The embedded file runs there in the arena that the header says, and the resolver has the operators that it calls."""
    runtime = pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    path = needs(SHARED / generated.BOARD_MODELS[name])
    export(path, tmp_path, "--format", "tflm", "--name", "model")
    embedded = array((tmp_path / "model_model_data.cpp").read_text(), "model_model_data")
    assert embedded == (tmp_path / "model_model.tflite").read_bytes()
    code = (tmp_path / "model.cpp").read_text()
    adds = {line.split("->Add")[1].split("(")[0].lower() for line in code.splitlines() if "->Add" in line}
    assert adds == {operator.replace("_", "").lower() for operator in used_operators(embedded)}
    assert f"MicroMutableOpResolver<{len(adds)}>" in code
    interpreter = runtime.Interpreter.from_bytes(embedded, arena_size=macros(tmp_path / "model.h")["MODEL_ARENA_BYTES_64_BIT"] + 512)
    details = interpreter.get_input_details(0)
    random = np.random.default_rng(SEED)
    sample = random.integers(-128, 128, details["shape"]).astype(details["dtype"])
    interpreter.set_input(sample, 0)
    interpreter.invoke()
    np.save(tmp_path / "x.npy", sample)
    run([generated.command(), "run", tmp_path / "model_model.tflite", "--data", tmp_path / "x.npy", "-o", tmp_path / "y.npz", "--quiet"])
    np.testing.assert_array_equal(list(np.load(tmp_path / "y.npz").values())[0], interpreter.get_output(0))


@pytest.mark.parametrize("channels, kernel, scratch", [(3, 3, 4 * 4 + 16 + 4 * 32 + 16 + 32 + 64), (8, 1, 8 * 4 + 16 * 8 + 64),
                                                       (16, 3, 10 * 10 * 16 * 2 + 9 * 16 * 4 + 48 * 3 * 4 + 64 + 4 * 4)])
def test_scratch_of_esp_nn(channels, kernel, scratch, tmp_path):
    """What its convolutions copy: rows of 16 bytes, filters for products of 8, images with a border."""
    model = packages.image_model(tmp_path / "image.tflite", channels, kernel=kernel)
    export(model, tmp_path / "out", "--format", "tflm", "--package", "esp-idf", "--name", "vision")
    numbers = macros(tmp_path / "out/vision.h")
    beyond = numbers["VISION_ARENA_BYTES_ESP32_S3"] - numbers["VISION_ARENA_BYTES_REFERENCE"]
    assert scratch - 64 <= beyond <= scratch + 128, "it may lie where tables of TFLite Micro were, and has entries in them"
    assert f"default {beyond} if IDF_TARGET_ESP32S3" in (tmp_path / "out/Kconfig").read_text()


BUNDLE_KEYS = ["tflite_model_size", "tensor_arena_size", "feature_dimension", "hd_dimension", "num_classes"]


@pytest.mark.parametrize("format", ["c", "tflm"])
@pytest.mark.parametrize("target", ["esp32-s3-eye", "arduino-nano-33-ble", "stm32f4"])
def test_bundle(target, format, tmp_path):
    folder = tmp_path / "out"
    said = export(DIGITS, folder, "--target", target, "--format", format, *DIGITS_DATA)
    assert said["models"][0]["method"] == "int8", "quantised on the way"
    assert said["package"] == {"esp32-s3-eye": "esp-idf", "arduino-nano-33-ble": "arduino", "stm32f4": "plain"}[target]
    metadata = json.loads((folder / "model_metadata.json").read_text())
    assert list(metadata)[:5] == BUNDLE_KEYS
    model = folder / "digits_model.tflite"
    assert metadata["tflite_model_size"] == model.stat().st_size
    assert metadata["tensor_arena_size"] == said["arena_bytes"] == next(iter(metadata["memory"].values()))["holds"]["tensor arena"]
    assert metadata["feature_dimension"] == metadata["num_classes"] == 10 and metadata["hd_dimension"] == 0
    assert metadata["model"]["inputs"][0]["scale"] > 0
    for region in metadata["memory"].values():
        assert region["bytes"] == sum(region["holds"].values()) <= region["budget_bytes"]
    assert "| **Total Pipeline** |" in (folder / "size_report.md").read_text()
    assert all(name in (folder / "memory_layout.md").read_text() for name in metadata["memory"])
    readme = (folder / "README.md").read_text()
    for path in folder.rglob("*"):
        assert path.is_dir() or path.name == "README.md" or f"`{path.relative_to(folder)}`" in readme
    code = folder / ("src" if said["package"] == "arduino" else ".")
    for language, compiler in (("c", "gcc"), ("cpp", "g++")):
        main = tmp_path / f"memory.{language}"
        main.write_text('#include "model_memory.h"\nmodel_memory_t memory;\nint main(void) { return memory.model_data != 0; }\n')
        run([compiler, "-Wall", "-Wextra", "-Wconversion", "-Werror", f"-I{code}", "-c", main, "-o", tmp_path / "memory.o"])
    assert generated.symbol_sizes(tmp_path / "memory.o", "nm")["memory"] >= said["arena_bytes"]


def test_bundle_runs_in_patches_where_ram_is_short(tmp_path):
    """What the board holds only row by row is written so, and computes the same."""
    board = json.loads((ROOT / "src/target/boards/stm32f4.json").read_text())
    board["memories"] = [{"name": "sram", "bytes": 64 << 10}]
    (tmp_path / "small.json").write_text(json.dumps(board))
    folder = tmp_path / "out"
    said = export(needs(SHARED / generated.BOARD_MODELS["tinynas"]), folder, "--target", tmp_path / "small.json", "--name", "vision")
    assert any("computed twice" in note for note in said["notes"])
    sram = json.loads((folder / "model_metadata.json").read_text())["memory"]["sram"]
    assert sram["holds"]["tensor arena"] == said["arena_bytes"] and sram["bytes"] <= 64 << 10
    main = tmp_path / "main.c"
    main.write_text('#include "vision.h"\nint main(void) { return vision_self_test(&vision_memory); }\n')
    run([build("host", [*sources_of(folder), main], tmp_path / "program", [folder])])


def test_bundle_says_what_does_not_fit(tmp_path):
    board = json.loads((ROOT / "src/target/boards/stm32f4.json").read_text())
    board["memories"], board["flash_bytes"] = [{"name": "sram", "bytes": 3000}], 5000
    (tmp_path / "tiny.json").write_text(json.dumps(board))
    said = export(DIGITS, tmp_path / "out", "--target", tmp_path / "tiny.json", *DIGITS_DATA, code=4)
    assert "more than the" in said and "of flash" in said and "RAM" in said
    assert not (tmp_path / "out").exists()
    said = export(DIGITS, tmp_path / "out", "--target", "esp32-s3-eys", *DIGITS_DATA, code=2)
    assert "'esp32-s3-eye'" in said
    assert "'esp-idf'" in export(DIGITS, tmp_path / "out", "--package", "esp-idff", code=2)
    said = export(DIGITS, tmp_path / "out", "--target", "esp32", code=2)
    assert "--data" in said, "what quantising needs"


def test_bundle_with_a_hyperdimensional_classifier(tmp_path):
    """The whole pipeline of features, projection and prototypes on one board."""
    model = needs(TINYNAS / "tinynas_feat_op13.onnx")
    folder = tmp_path / "out"
    said = export(model, folder, "--target", "esp32-s3-eye", "--format", "tflm", "--name", "feature_extractor", "--data",
                  TINYNAS / "calib_x.npy", "--samples", 20, "--hdc", TINYNAS / "hdc.pth", "--normalize", "-1..1")
    metadata = json.loads((folder / "model_metadata.json").read_text())
    assert [metadata[key] for key in BUNDLE_KEYS[2:]] == [256, 2048, 5]
    assert metadata["preprocessing" if "preprocessing" in metadata else "model"]
    memory = (folder / "model_memory.h").read_text()
    for member in ("tensor_arena", "model_data", "projection_matrix", "prototypes", "query_vector", "rgb_buffer", "feature_buffer"):
        assert member in memory
    header = (folder / "feature_extractor.h").read_text()
    assert "esp_err_t tflite_init_feature_extractor(void);" in header
    assert "esp_err_t tflite_extract_features(uint8_t* rgb_data, int8_t* features);" in header
    report = (folder / "size_report.md").read_text()
    assert "2048.0 KB" in report and "512.0 KB" in report, "the projection's true sizes"
    main = tmp_path / "main.cpp"
    numbers = macros(folder / "feature_extractor.h")
    data = [("feature_extractor_model_data", 12288, 256, numbers["FEATURE_EXTRACTOR_ARENA_BYTES_64_BIT"])]
    main.write_text(main_text("feature_extractor", data, [
        "embhd_result_t found = {-1, 0};", "EXPECT(embhd_classify_pixels(in, &found) == ESP_ERR_INVALID_STATE);",
        "EXPECT(found.class_index == -1);", "EXPECT(embhd_pipeline_init() == ESP_OK);", "EXPECT(embhd_classify_pixels(in, &found) == ESP_OK);",
        "EXPECT(tflite_extract_features(in, out) == ESP_OK);", "EXPECT(embhd_classify(out).class_index == found.class_index);",
        "EXPECT(embhd_classify(out).similarity == found.similarity);"], ["embhd_pipeline.h", "model_memory.h"]))
    run([build("host", [*sources_of(folder), main], tmp_path / "program", [folder, STUBS / "tflm", STUBS / "esp-idf"])])
    assert said["target"] == "esp32-s3-eye"
    assert "embhd_classify_pixels(rgb_data, &found)" in (folder / "README.md").read_text()
    assert not list(folder.glob("embhd_features*")), "the network is there once"


@pytest.mark.parametrize("target", ["generic-cortex-m7", "arduino-nano-33-ble"])
def test_bundle_in_c_with_a_hyperdimensional_classifier(target, platform, tmp_path):
    """The network is there once; what the README calls goes from an image to a class, and so does Arduino's sketch."""
    model = needs(TINYNAS / "tinynas_feat_op13.onnx")
    folder = tmp_path / "out"
    said = export(model, folder, "--target", target, "--name", "vision", "--data", TINYNAS / "calib_x.npy", "--samples", 20, "--hdc",
                  TINYNAS / "hdc.pth", "--bits", 1, "--binarize", "--normalize=-1..1")
    code = folder / ("src" if said["package"] == "arduino" else ".")
    assert {path.name for path in sources_of(code)} == {"vision.c", "vision_self_test.c", "embhd_classifier.c", "embhd_pipeline.c"}
    calls = [line.split("/*")[0].strip() for line in (folder / "README.md").read_text().split("```")[1].splitlines()[1:] if "(" in line.split("/*")[0]]
    assert [call.split("(")[0].split()[-1] for call in calls] == ["embhd_pipeline_init", "embhd_pipeline_self_test", "embhd_classify_pixels"]
    main = tmp_path / "main.c"
    main.write_text('#include "embhd_pipeline.h"\n#include "model_memory.h"\nstatic uint8_t pixels[VISION_INPUT_ELEMENTS];\nint main(void) {\n    '
                    f"{calls[0]}\n    if ({calls[1].rstrip(';')} != 0) return 1;\n    {calls[2]}\n"
                    "    return found.class_index < 0 || found.class_index >= EMBHD_NUM_CLASSES;\n}\n")
    packages.start(platform, build(platform, [*sources_of(code), main], tmp_path / "program", [code]))
    if said["package"] != "arduino":
        return
    sketch = tmp_path / "sketch.cpp"
    sketch.write_text(f'#include <Arduino.h>\n#include "{folder / "examples/vision/vision.ino"}"\n')
    sources = [*sources_of(code), sketch, STUBS / "arduino/arduino_main.cpp"]
    packages.start(platform, build(platform, sources, tmp_path / "sketch", [code, STUBS / "arduino"]))


def fake_compiler(folder):
    folder.mkdir()
    script = folder / "edgetpu_compiler"
    script.write_text("#!/bin/sh\n# edgetpu_compiler -s -o FOLDER MODEL\nname=$(basename \"$4\" .tflite)\n"
                      "cp \"$4\" \"$3/${name}_edgetpu.tflite\" && echo 'Number of operations that will run on Edge TPU: 1'\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def test_edge_tpu(tmp_path, monkeypatch):
    model = packages.image_model(tmp_path / "image_int8.tflite")
    (tmp_path / "names.txt").write_text("a\nb\n")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    said = export(model, tmp_path / "without", "--target", "coral-edge-tpu")
    assert any("edgetpu_compiler -s image_int8.tflite" in note for note in said["notes"]), "the command to run"
    assert any("1 of 1 operators" in note for note in said["notes"])
    fake = fake_compiler(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    folder = tmp_path / "with"
    said = export(model, folder, "--target", "coral-edge-tpu", "--normalize", "0..1", "--labels", tmp_path / "names.txt")
    names = {pathlib.Path(file["path"]).name for file in said["files"]}
    assert names == {"image_int8.tflite", "image_int8_edgetpu.tflite", "image_labels.txt", "image_edgetpu.py", "README.md"}
    assert "will run on Edge TPU: 1" in (folder / "README.md").read_text()
    assert "is for microcontrollers" in export(model, tmp_path / "x", "--target", "coral-edge-tpu", "--format", "c", code=2)
    pytest.importorskip("ai_edge_litert")
    np.save(tmp_path / "x.npy", np.zeros((1, 8, 8, 3), np.int8))
    done = subprocess.run([sys.executable, folder / "image_edgetpu.py", "--cpu", tmp_path / "x.npy"], capture_output=True, text=True)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3, done.stderr
    script = f"import sys; sys.path.insert(0, {str(folder)!r}); import numpy as np, image_edgetpu as e\n" \
             "d = e.load(cpu=True).get_input_details()[0]\n" \
             "p = (np.arange(192) % 256).astype(np.uint8).reshape(8, 8, 3)\n" \
             "assert (e.stored(p, d).ravel() == p.ravel().astype(int) - 128).all()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
