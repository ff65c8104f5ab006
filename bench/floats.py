"""tinsmith beside onnx2tf and TensorFlow's converter, in one run on one machine.

    python bench/peers.py --tinsmith build/release/cli/tinsmith [--peers .venv-peers] [--write docs/benchmarks.md] [--only NAME]

Whole processes are measured: CPU seconds (user + system) and peak memory; then the files: bytes, operators, and the latency in
LiteRT, in turns on one thread. TensorFlow reads the SavedModel that onnx2tf wrote of the same ONNX file. Peers that are not
installed, and models that are not on this machine, are skipped with a line.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import process
import scaling

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared/models"
MODELS = {
    "digits": ROOT / "examples/digits/digits.onnx",
    "tinynas": SHARED / "tinynas/tinynas_op11.onnx",
    "mobilenetv2": SHARED / "mobilenetv2/mobilenetv2_op13.onnx",
    "yolov5n": SHARED / "yolov5n/yolov5n_op13.onnx",
    "vit": SHARED / "vit/vit_op17.onnx",
}
METHODS = ("float32", "float16", "dynamic_range")


@dataclasses.dataclass
class Row:
    model: str
    tool: str
    method: str
    cost: process.Cost
    file: pathlib.Path | None = None
    latency: float | None = None
    operators: int | None = None


def run_tinsmith(command, name, model, folder, runs):
    for method in METHODS:
        target = folder / f"tinsmith_{method}.tflite"
        convert = [command, "convert", model, "-o", target, "--force", "--method", method]
        yield Row(name, "tinsmith --no-verify", method, process.median_of(runs, [*convert, "--no-verify"]), target)
        if method == "float32":
            yield Row(name, "tinsmith, proven", method, process.median_of(runs, convert))


def run_onnx2tf(python, name, model, folder):
    """On a copy, since onnx2tf overwrites its input; beside the sample images that it would otherwise download."""
    copy = folder / f"{name}.onnx"
    shutil.copyfile(model, copy)
    subprocess.run([python, "-c", "import numpy as n; n.save('calibration_image_sample_data_20x128x128x3_float32.npy', "
                                  "n.random.default_rng(0).random((20, 128, 128, 3), dtype=n.float32))"], cwd=folder, check=True)
    cost = process.measure([pathlib.Path(python).parent / "onnx2tf", "-i", copy, "-o", "peer"], cwd=folder, log=folder / "onnx2tf.log")
    yield Row(name, "onnx2tf", "float32 + float16", cost, folder / f"peer/{name}_float32.tflite")


def run_tensorflow(python, name, folder):
    saved = folder / "peer"
    for method in METHODS:
        target = folder / f"tensorflow_{method}.tflite"
        cost = process.measure([python, ROOT / "bench/peer_tensorflow.py", saved, target, method], log=folder / f"tensorflow_{method}.log")
        yield Row(name, "TensorFlow", method, cost, target)


def add_latency(rows):
    """All files of one model that LiteRT accepts, in turns."""
    rows = [row for row in rows if row.file and row.file.is_file() and row.cost.code == 0]
    measured = lambda files: subprocess.run([sys.executable, ROOT / "bench/pairs.py", *files], capture_output=True, text=True)
    usable = [row for row in rows if measured(["--seconds", "0", row.file]).returncode == 0]
    if not usable:
        return
    for row, found in zip(usable, json.loads(measured([row.file for row in usable]).stdout)):
        row.latency, row.operators = found["seconds"], found["operators"]


def table(rows):
    yield "| model | tool | method | CPU s | peak MB | bytes | operators | LiteRT ms |\n|---|---|---|---|---|---|---|---|\n"
    for row in rows:
        failed = row.cost.code != 0
        size = f"{row.file.stat().st_size:,}" if row.file and row.file.is_file() else ""
        speed = f"{row.latency * 1e3:.3f}" if row.latency else ("LiteRT refuses it" if row.file and not failed else "")
        cpu = "failed" if failed else f"{row.cost.cpu:.3f}"
        yield f"| {row.model} | {row.tool} | {row.method} | {cpu} | {row.cost.rss / 1e6:.0f} | {size} | {row.operators or ''} | {speed} |\n"


def machine():
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tinsmith", required=True)
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / ".venv-peers", help="their virtual environment")
    parser.add_argument("--write", type=pathlib.Path, help="the page to write (default: print it)")
    parser.add_argument("--only", help="one model")
    parser.add_argument("--runs", type=int, default=5, help="of tinsmith; a peer runs once")
    parser.add_argument("--largest", type=float, default=2.0, help="GB of the largest model of the scaling table; 0: none")
    arguments = parser.parse_args()
    command, python = str(pathlib.Path(arguments.tinsmith).resolve()), str((arguments.peers / "bin/python").absolute())
    if not os.path.exists(python):
        print(f"peers are not installed in {arguments.peers} (`make bench-peers`): skipped", file=sys.stderr)
        python = None
    rows = []
    with tempfile.TemporaryDirectory(prefix="tinsmith-bench-") as temporary:
        for name, model in MODELS.items():
            if arguments.only and name != arguments.only:
                continue
            if not model.is_file():
                print(f"{name}: {model} is not on this machine: skipped", file=sys.stderr)
                continue
            folder = pathlib.Path(temporary) / name
            folder.mkdir()
            found = list(run_tinsmith(command, name, model, folder, arguments.runs))
            if python:
                found += run_onnx2tf(python, name, model, folder)
                found += run_tensorflow(python, name, folder)
            add_latency(found)
            rows += found
            print("".join(table(found)), file=sys.stderr)
        pieces = [f"# Benchmarks\n\nWritten by `make bench` on: {machine()}. Whole processes, tinsmith the median of {arguments.runs} runs, a peer one run;\n"
                  "LiteRT on one thread, the files of a model in turns, medians. *proven* is the default: source and file are run and compared.\n\n",
                  *table(rows), "\n## Ratios\n\n", *ratios(rows)]
        if arguments.largest:
            pieces += ["\n## Time and memory by size of the model\n\n", *scaling.table(command, pathlib.Path(temporary), arguments.largest)]
    page = "".join(pieces)
    arguments.write.write_text(page) if arguments.write else print(page)


if __name__ == "__main__":
    main()
