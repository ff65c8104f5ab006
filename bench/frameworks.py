"""Keras files and SavedModels to float32, beside TFLiteConverter, in one run on one machine.

    python bench/frameworks.py --tinsmith build/release/cli/tinsmith [--peers .venv-keras] [--write docs/benchmarks.md] [--only NAME ...]

Whole processes are measured: CPU seconds (user + system) and peak memory; then the files: bytes, operators, and the latency in
LiteRT, in turns on one thread. The peer loads the file with Keras 3, or with Keras 2 where Keras 3 refuses it. Without it, and for
models that are not on this machine, a line says so.
"""

import pathlib
import sys
import tempfile

import floats
import measure

MODELS = {
    "gesture.h5": measure.SHARED / "models/gesture/gesture.h5",
    "digits.keras": measure.SHARED / "models/digits/digits.keras",
    "spectral_k2.h5": measure.SHARED / "models/spectral/spectral_k2.h5",
    "digits SavedModel": measure.SHARED / "models/digits/savedmodel",
    "pretrainedResnet.h5": measure.SHARED / "corpus/mlperf_ic/pretrainedResnet.h5",
    "kws SavedModel": measure.SHARED / "corpus/mlperf_kws/saved_model",
    "vww96.h5": measure.SHARED / "corpus/tinymaix/vww96.h5",
    "mobilenetv2.h5": measure.SHARED / "models/mobilenetv2/mobilenetv2.h5",
}
RUNS = 5  # of tinsmith; the peer runs once


def rows_of(command, python, name, model, folder):
    target = folder / "tinsmith.tflite"
    convert = [command, "convert", model, "-o", target, "--force", "--method", "float32"]
    yield floats.Row(name, "tinsmith --no-verify", "float32", measure.median_of(RUNS, [*convert, "--no-verify"]), target)
    yield floats.Row(name, "tinsmith, proven", "float32", measure.median_of(RUNS, convert))
    if python:
        target = folder / "tensorflow.tflite"
        cost = measure.process([python, measure.ROOT / "bench/peer_tensorflow.py", model, target, "float32"], log=folder / "peer.log")
        yield floats.Row(name, "TFLiteConverter", "float32", cost, target)


def main():
    arguments = measure.arguments_of(__doc__, MODELS, environment=".venv-keras")
    rows = []
    with tempfile.TemporaryDirectory(prefix="tinsmith-bench-") as temporary:
        for i, name in enumerate(arguments.only):
            if not measure.on_this_machine(name, MODELS[name]):
                continue
            folder = pathlib.Path(temporary) / str(i)
            folder.mkdir()
            found = list(rows_of(arguments.tinsmith, arguments.python, name, MODELS[name], folder))
            floats.add_latency(found)
            rows += found
            print("".join(floats.table(found)), file=sys.stderr)
        pieces = [f"\nOn: {measure.machine()}. Whole processes, tinsmith the median of {RUNS} runs, TFLiteConverter one run;\n"
                  "LiteRT on one thread, the files of a model in turns, medians.\n\n", *floats.table(rows), "\n### Ratios\n\n", *floats.ratios(rows)]
    measure.publish(arguments.write, "frameworks", "".join(pieces))


if __name__ == "__main__":
    main()
