"""Conversion to floats, beside onnx2tf and TensorFlow's converter, in one run on one machine.

    python bench/floats.py --tinsmith build/release/cli/tinsmith [--peers .venv-peers] [--write docs/benchmarks.md] [--only NAME ...]

Whole processes are measured: CPU seconds (user + system) and peak memory; then the files: bytes, operators, and the latency in
LiteRT, in turns on one thread. TensorFlow reads the SavedModel that onnx2tf wrote of the same ONNX file. Peers that are not
installed, and models that are not on this machine, are skipped with a line.
"""

import dataclasses
import pathlib
import sys
import tempfile

import measure
import scaling

MODELS = {
    "digits": measure.ROOT / "examples/digits/digits.onnx",
    "tinynas": measure.SHARED / "models/tinynas/tinynas_op11.onnx",
    "mobilenetv2": measure.SHARED / "models/mobilenetv2/mobilenetv2_op13.onnx",
    "yolov5n": measure.SHARED / "models/yolov5n/yolov5n_op13.onnx",
    "vit": measure.SHARED / "models/vit/vit_op17.onnx",
}
METHODS = ("float32", "float16", "dynamic_range")
RUNS = 5  # of tinsmith; a peer runs once
LARGEST = 2.0  # GB, of the table of sizes


@dataclasses.dataclass
class Row:
    model: str
    tool: str
    method: str
    cost: measure.Cost
    file: pathlib.Path | None = None
    latency: float | None = None
    operators: int | None = None


def run_tinsmith(command, name, model, folder):
    for method in METHODS:
        target = folder / f"tinsmith_{method}.tflite"
        convert = [command, "convert", model, "-o", target, "--force", "--method", method]
        yield Row(name, "tinsmith --no-verify", method, measure.median_of(RUNS, [*convert, "--no-verify"]), target)
        if method == "float32":
            yield Row(name, "tinsmith, proven", method, measure.median_of(RUNS, convert))


def run_peers(python, name, model, folder):
    saved, cost = measure.saved_model(python, model, folder)
    yield Row(name, "onnx2tf", "float32 + float16", cost, saved / f"{model.stem}_float32.tflite")
    for method in METHODS if cost.code == 0 else ():
        target = folder / f"tensorflow_{method}.tflite"
        cost = measure.process([python, measure.ROOT / "bench/peer_tensorflow.py", saved, target, method], log=folder / f"{method}.log")
        yield Row(name, "TensorFlow", method, cost, target)


def add_latency(rows):
    found = measure.in_turns([row.file for row in rows if row.file and row.cost.code == 0])
    for row in rows:
        if row.file in found:
            row.latency, row.operators = found[row.file]["seconds"], found[row.file]["operators"]


def table(rows):
    yield "| model | tool | method | CPU s | peak MB | bytes | operators | LiteRT ms |\n|---|---|---|---|---|---|---|---|\n"
    for row in rows:
        failed = row.cost.code != 0
        size = f"{row.file.stat().st_size:,}" if row.file and row.file.is_file() else ""
        speed = f"{row.latency * 1e3:.3f}" if row.latency else ("LiteRT refuses it" if row.file and not failed else "")
        cpu = "failed" if failed else f"{row.cost.cpu:.3f}"
        yield f"| {row.model} | {row.tool} | {row.method} | {cpu} | {row.cost.rss / 1e6:.0f} | {size} | {row.operators or ''} | {speed} |\n"


def ratios(rows):
    """How many times the CPU seconds and the latency of each peer."""
    for model in dict.fromkeys(row.model for row in rows):
        ours = next(row for row in rows if row.model == model and row.tool == "tinsmith --no-verify" and row.method == "float32")
        for peer in [row for row in rows if row.model == model and "tinsmith" not in row.tool and row.method.startswith("float32")]:
            if ours.cost.code or peer.cost.code:
                continue
            speed = f"; its file takes {peer.latency / ours.latency:.2f} times ours in LiteRT" if peer.latency and ours.latency else ""
            yield f"- {model}: {peer.tool} takes {peer.cost.cpu / ours.cost.cpu:,.0f} times the CPU and {peer.cost.rss / ours.cost.rss:.0f} times the memory{speed}\n"


def main():
    arguments = measure.arguments_of(__doc__, MODELS)
    rows = []
    with tempfile.TemporaryDirectory(prefix="tinsmith-bench-") as temporary:
        for name in arguments.only:
            if not measure.on_this_machine(name, MODELS[name]):
                continue
            folder = pathlib.Path(temporary) / name
            folder.mkdir()
            found = list(run_tinsmith(arguments.tinsmith, name, MODELS[name], folder))
            if arguments.python:
                found += run_peers(arguments.python, name, MODELS[name], folder)
            add_latency(found)
            rows += found
            print("".join(table(found)), file=sys.stderr)
        pieces = [f"\nOn: {measure.machine()}. Whole processes, tinsmith the median of {RUNS} runs, a peer one run;\n"
                  "LiteRT on one thread, the files of a model in turns, medians. *proven* is the default: source and file are run and compared.\n\n",
                  *table(rows), "\n### Ratios\n\n", *ratios(rows), "\n### Time and memory by size of the model\n\n",
                  *scaling.table(arguments.tinsmith, pathlib.Path(temporary), LARGEST)]
    measure.publish(arguments.write, "floats", "".join(pieces))


if __name__ == "__main__":
    main()
