"""int8, beside TensorFlow's converter in the same run: cost of the conversion, the file, its accuracy, its latency.

    python bench/integers.py --tinsmith build/release/cli/tinsmith [--peers .venv-peers] [--write docs/benchmarks.md] [--only NAME ...]

Every model of bench/calibration.py, calibrated on the same (at most 100) samples; accuracy is measured as there. LiteRT runs the
files with XNNPACK on one thread, in turns. *host* is tinsmith's own integer execution of the same file beside LiteRT's in the same
process, as a ratio. Samples a CPU second are those that calibration alone takes: what 300 more samples cost.
"""

import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import calibration
import measure

RUNS = 3  # of tinsmith; a peer runs once
SAMPLES, MORE = 100, 400
LITERT = pathlib.Path(sys.prefix)


@dataclasses.dataclass
class Row:
    model: str
    tool: str
    cost: measure.Cost
    file: pathlib.Path
    rate: float | None = None  # samples a CPU second
    accuracy: str = ""
    timing: dict = dataclasses.field(default_factory=dict)  # of pairs.py
    host: float | None = None  # times LiteRT's latency


def rate(few, many):
    """Samples a CPU second, from the costs of two conversions."""
    return (MORE - SAMPLES) / (many.cpu - few.cpu) if not (few.code or many.code) and many.cpu > few.cpu else None


def run_tinsmith(command, name, model, folder):
    target = folder / "tinsmith.tflite"
    def cost(data):
        return measure.median_of(RUNS, [command, "convert", model, "--method", "int8", "--data", data, "-o", target, "--no-verify", "--force"])
    many = cost(folder / "more.npy")
    few = cost(folder / "data.npy")  # last, for it writes the file that is looked at
    return Row(name, "tinsmith", few, target, rate(few, many))


def run_tensorflow(python, name, saved, folder):
    target = folder / "tensorflow.tflite"
    def cost(data):
        return measure.process([python, measure.ROOT / "bench/peer_tensorflow.py", saved, target, "int8", data], log=folder / "tf.log")
    many = cost(folder / "more.npy")
    few = cost(folder / "data.npy")
    return Row(name, "TensorFlow", few, target, rate(few, many))


def host_ratio(command, file):
    done = subprocess.run([command, "bench", file, "--json", "--batch", "0", "--runs", "500", "--litert", LITERT], capture_output=True, text=True)
    found = {row["runtime"]: row["median_ms"] for row in json.loads(done.stdout)["runtimes"]} if done.returncode == 0 else {}
    return found["tinsmith"] / found["litert"] if len(found) == 2 else None


def rows_of(arguments, name, folder):
    model, load = calibration.CASES[name]
    model = calibration.SHARED / model
    samples, test = load()
    np.save(folder / "data.npy", samples[:SAMPLES])
    np.save(folder / "more.npy", np.resize(samples[:SAMPLES], (MORE, *samples.shape[1:])))
    expected, softmax = calibration.float_logits(model, test)
    rows = [run_tinsmith(arguments.tinsmith, name, model, folder)]
    if arguments.python:
        saved, cost = measure.saved_model(arguments.python, model, folder)
        if cost.code == 0:
            rows.append(run_tensorflow(arguments.python, name, saved, folder))
        else:
            print(f"{name}: onnx2tf makes no SavedModel of it", file=sys.stderr)
    timings = measure.in_turns([row.file for row in rows])
    for row in rows:
        if row.cost.code == 0:
            row.accuracy = calibration.figure(name, expected, measure.logits(row.file, test, softmax))
            row.timing = timings.get(row.file, {})
            row.host = host_ratio(arguments.tinsmith, row.file)
    return rows


def table(rows):
    yield ("| model | tool | CPU s | peak MB | samples a CPU s | bytes | operators | SQNR dB (top-1 same) | LiteRT ms | XNNPACK's parts | host / LiteRT |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|\n")
    for row in rows:
        if row.cost.code:
            yield f"| {row.model} | {row.tool} | failed | | | | | | | | |\n"
            continue
        speed = f"{row.timing['seconds'] * 1e3:.3f} | {row.timing['partitions']}" if row.timing else "refused | "
        yield (f"| {row.model} | {row.tool} | {row.cost.cpu:.3f} | {row.cost.rss / 1e6:.0f} | {f'{row.rate:,.0f}' if row.rate else ''} "
               f"| {row.file.stat().st_size:,} | {row.timing.get('operators', '')} | {row.accuracy} | {speed} | {f'{row.host:.2f}' if row.host else ''} |\n")


def ratios(rows):
    for ours, peer in zip(rows, rows[1:]):
        if peer.tool == "tinsmith" or ours.cost.code or peer.cost.code:
            continue
        calibrates = f", calibrates {ours.rate / peer.rate:.0f} times as slowly" if ours.rate and peer.rate else ""
        speed = f", {peer.timing['seconds'] / ours.timing['seconds']:.2f} times the latency" if peer.timing and ours.timing else ""
        yield (f"- {ours.model}: TensorFlow takes {peer.cost.cpu / ours.cost.cpu:.0f} times the CPU and {peer.cost.rss / ours.cost.rss:.0f} times the "
               f"memory{calibrates}; its file has {peer.file.stat().st_size / ours.file.stat().st_size:.2f} times the bytes{speed}\n")


def main():
    arguments = measure.arguments_of(__doc__, calibration.CASES)
    rows, lines = [], []
    for name in arguments.only:
        if not measure.on_this_machine(name, calibration.SHARED / calibration.CASES[name][0]):
            continue
        with tempfile.TemporaryDirectory(prefix="tinsmith-int8-") as folder:
            found = rows_of(arguments, name, pathlib.Path(folder))
            rows += table(found) if not rows else list(table(found))[1:]
            lines += ratios(found)
            print("".join(table(found)), file=sys.stderr)
    text = (f"\nOn: {measure.machine()}. Whole processes with --no-verify, {SAMPLES} samples; tinsmith the median of {RUNS} runs, TensorFlow one run, "
            "from onnx2tf's SavedModel.\n\n")
    measure.publish(arguments.write, "integers", text + "".join(rows) + "\n### Ratios\n\n" + "".join(lines))


if __name__ == "__main__":
    main()
