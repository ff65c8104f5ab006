"""What the benchmarks share: the cost of whole processes, files in LiteRT, signal to noise, the peers' SavedModel, the page."""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

# Linux counts the memory that a process had before exec into its peak, and a fork starts with its parent's. So the command is
# started by an interpreter that has imported next to nothing: 5 MB, the smallest peak that can be told.
LAUNCHER = """
import os, sys, time
start = time.perf_counter()
child = os.fork()
if not child:
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
report = f"{os.waitstatus_to_exitcode(status)} {time.perf_counter() - start} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss * 1024}"
os.write(3, report.encode())
"""


@dataclasses.dataclass
class Cost:
    code: int
    cpu: float  # user + system seconds
    wall: float
    rss: int  # peak bytes


def process(command, cwd=None, log=os.devnull):
    """One run of the command and everything it waited for; its output goes to the file `log`."""
    read, write = os.pipe()
    words = [sys.executable, "-I", "-S", "-c", LAUNCHER, *map(str, command)]
    with open(log, "wb") as sink, open(read) as report:
        os.set_inheritable(write, True)
        subprocess.run(["sh", "-c", f'exec "$@" 3>&{write}', "sh", *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=sink,
                       stderr=sink, pass_fds=[write])
        os.close(write)
        code, wall, cpu, rss = report.read().split()
    return Cost(int(code), float(cpu), float(wall), int(rss))


def median_of(count, command, **options):
    """Medians of `count` runs after one that warms the file cache; the code is that of a failed run, if any."""
    process(command, **options)
    runs = [process(command, **options) for _ in range(count)]
    code = next((run.code for run in runs if run.code), 0)
    cpu, wall, rss = (statistics.median(getattr(run, field) for run in runs) for field in ("cpu", "wall", "rss"))
    return Cost(code, cpu, wall, int(rss))


def in_turns(files, seconds=3):
    """Of each file that LiteRT runs: what pairs.py says of it. All are measured in one process, in turns, on one thread."""
    def measured(seconds, files):
        words = [sys.executable, ROOT / "bench/pairs.py", "--seconds", str(seconds), *files]
        return subprocess.run(words, capture_output=True, text=True)

    usable = [file for file in files if file.is_file() and measured(0, [file]).returncode == 0]
    done = measured(seconds, usable) if usable else None
    return {pathlib.Path(row["file"]): row for row in json.loads(done.stdout)} if done and done.returncode == 0 else {}


def real(interpreter, index):
    """A tensor's numbers; what is stored as integers, dequantised."""
    detail = next(d for d in interpreter.get_tensor_details() if d["index"] == index)
    stored, (scale, zero) = interpreter.get_tensor(index), detail["quantization"]
    return stored.astype(np.float32) if scale == 0 else (stored.astype(np.float32) - zero) * np.float32(scale)


def ends_in_softmax(interpreter):
    outputs = {output["index"] for output in interpreter.get_output_details()}
    return any(op["op_name"] == "SOFTMAX" and set(op["outputs"]) & outputs for op in interpreter._get_ops_details())


def logits(path, samples, softmax=None):
    """In LiteRT's reference kernels, a row for each sample: what enters the last Softmax, else the outputs. `softmax`: whether
    there is one at the end; unset: the file's. Samples are real numbers, channels first or last."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF, experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    inputs = interpreter.get_input_details()[0]
    wanted = [output["index"] for output in interpreter.get_output_details()]
    if ends_in_softmax(interpreter) if softmax is None else softmax:
        wanted = [[op for op in interpreter._get_ops_details() if op["op_name"] == "SOFTMAX"][-1]["inputs"][0]]
    scale, zero = inputs["quantization"]
    results = []
    for sample in samples:
        if sample.shape != tuple(inputs["shape"][1:]) and sample.ndim == 3:
            sample = sample.transpose(1, 2, 0)
        if scale:
            limits = np.iinfo(inputs["dtype"])
            sample = np.clip(np.round(sample / scale) + zero, limits.min, limits.max)
        interpreter.set_tensor(inputs["index"], sample.reshape(inputs["shape"]).astype(inputs["dtype"]))
        interpreter.invoke()
        results.append(np.concatenate([real(interpreter, index) for index in wanted], axis=-1))
    return np.concatenate(results)


def sqnr(expected, actual):
    """dB."""
    noise = np.square(expected - actual, dtype=np.float64).sum()
    return 10 * np.log10(np.square(expected, dtype=np.float64).sum() / noise) if noise else np.inf


def saved_model(python, model, folder):
    """onnx2tf's, and what it cost. It works on a copy, which it overwrites, beside the sample images that it would download."""
    copy = folder / model.name
    shutil.copyfile(model, copy)
    np.save(folder / "calibration_image_sample_data_20x128x128x3_float32.npy",
            np.random.default_rng(0).random((20, 128, 128, 3), dtype=np.float32))
    cost = process([pathlib.Path(python).parent / "onnx2tf", "-i", copy, "-o", "peer"], cwd=folder, log=folder / "onnx2tf.log")
    return folder / "peer", cost


def machine():
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


def arguments_of(description, names, peers=True, environment=".venv-peers"):
    """The options that every benchmark takes: `tinsmith` (its path), `only` (of `names`), `write` (a page), `python` (the peers', or None)."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tinsmith", required=True)
    parser.add_argument("--only", nargs="*", default=list(names), choices=list(names), metavar="NAME", help=", ".join(names))
    parser.add_argument("--write", type=pathlib.Path, help="the page that holds the section (default: print it)")
    if peers:
        parser.add_argument("--peers", type=pathlib.Path, default=ROOT / environment, help="their virtual environment")
    arguments = parser.parse_args()
    arguments.tinsmith = str(pathlib.Path(arguments.tinsmith).resolve())
    if peers:
        python = arguments.peers.absolute() / "bin/python"
        arguments.python = python if python.exists() else None
        if not arguments.python:
            made = {".venv-peers": "make bench-peers", ".venv-keras": "make test-peers"}[environment]
            print(f"peers are not installed in {arguments.peers} (`{made}`): without them", file=sys.stderr)
    return arguments


def on_this_machine(name, *files):
    missing = [file for file in files if not file.exists()]
    for file in missing:
        print(f"{name}: {file} is not on this machine: skipped", file=sys.stderr)
    return not missing


def publish(page, section, text):
    """Puts the text between the section's two marks in the page; without a page prints it."""
    if not page:
        print(text)
        return
    first, last = f"<!-- {section}: written by bench/{section}.py -->\n", f"<!-- end of {section} -->\n"
    before, rest = page.read_text().split(first)
    page.write_text(before + first + text + last + rest.split(last)[1])
