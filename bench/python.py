"""PyTorch's programs and the Python package: what is wanted of them, measured.

    python bench/python.py --tinsmith build/release/cli/tinsmith [--package build/release/python] [--write docs/benchmarks.md] [--only NAME ...]

Whole processes are measured: CPU seconds (user + system) and peak memory; what an import takes beyond NumPy's; what a prediction takes beyond
the native call; the wheel's size where `make wheel` built one. What is not on this machine is skipped with a line.
"""

import argparse
import compileall
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import measure

TINYNAS = measure.SHARED / "models/tinynas"
DIGITS = measure.ROOT / "examples/digits"
RUNS = 5
IMPORTS = 21  # of each kind, in turns
PEER = "litert-torch 0.10.0 from the module: 10.7 s and 655 MB, measured once on another machine (Zen 4, 2 cores)"

CONVERT = "import sys, tinsmith; tinsmith.convert(sys.argv[1], method='int8', data=sys.argv[2], limit=100)"

# Both in turns, so that what else the machine does meets both alike.
PREDICT = """
import json, statistics, sys, time
import numpy as np
import tinsmith
with np.load(sys.argv[2]) as stored:
    x = np.ascontiguousarray(np.moveaxis(stored["image"][0], 0, -1))
model = tinsmith.Model(tinsmith.convert(sys.argv[1], method="int8", data=sys.argv[2], verify=False).bytes)
def spent(call, *arguments):
    start = time.perf_counter()
    for _ in range(200):
        call(*arguments)
    return (time.perf_counter() - start) / 200
rounds = [(spent(model.predict_single, x), spent(model._native.classify, [x])) for _ in range(60)]
print(json.dumps([statistics.median(column) for column in zip(*rounds)]))
"""


def environment(options):
    """The command and the package that were given, for children: this process's own."""
    os.environ["TINSMITH"] = options.tinsmith
    os.environ["PYTHONPATH"] = str(options.package.resolve())


def conversion(options):
    if not measure.on_this_machine("conversion", TINYNAS / "tinynas.pt2"):
        return
    with tempfile.TemporaryDirectory(prefix="tinsmith-bench-") as folder:
        command = [options.tinsmith, "convert", TINYNAS / "tinynas.pt2", "--method", "int8", "--data", TINYNAS / "calib_x.npy", "--samples", 100,
                   "--force", "-o", pathlib.Path(folder, "model.tflite")]
        for tool, words in (("the command, --no-verify", [*command, "--no-verify"]), ("the command, proven on all samples", command),
                            ("Python, `tinsmith.convert`, proven", [sys.executable, "-c", CONVERT, TINYNAS / "tinynas.pt2", TINYNAS / "calib_x.npy"])):
            cost = measure.median_of(RUNS, words)
            found = "failed" if cost.code else f"{cost.cpu:.3f} CPU s, {cost.rss / 1e6:.0f} MB"
            yield f"`tinynas.pt2` to int8, 100 samples: {tool}", found, "0.2 CPU s, 64 MB" if "--no-verify" in tool else ""


def imports(options):
    spent = {code: [] for code in ("import numpy", "import numpy, tinsmith")}
    with tempfile.TemporaryDirectory(prefix="tinsmith-bench-") as folder:
        shutil.copytree(options.package / "tinsmith", pathlib.Path(folder, "tinsmith"))
        compileall.compile_dir(folder, quiet=1)  # as an installation leaves it
        for turn in range(IMPORTS):
            for code, times in spent.items():
                times.append(measure.process([sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r}); {code}"]).cpu)
    first, both = (1e3 * statistics.median(times[1:]) for times in spent.values())
    yield "`import tinsmith` beyond NumPy's", f"{both - first:.0f} CPU ms (NumPy's: {first:.0f})", "60 ms"


def predictions(options):
    done = subprocess.run([sys.executable, "-c", PREDICT, DIGITS / "digits.onnx", DIGITS / "digits_test.npz"], stdout=subprocess.PIPE, check=True)
    single, native = (1e6 * seconds for seconds in json.loads(done.stdout))
    yield "`predict_single` beyond the native call (digits, int8)", f"{single - native:.1f} µs ({single:.1f} and {native:.1f})", "20 µs"


def wheel(options):
    built = sorted((measure.ROOT / "build/wheel").glob("tinsmith-*.whl"))
    if built:
        yield "the wheel", f"{built[-1].stat().st_size / 1e6:.1f} MB", "25 MB"
    else:
        print("wheel: not built (`make wheel`): skipped", file=sys.stderr)


SECTIONS = {"conversion": conversion, "imports": imports, "predictions": predictions, "wheel": wheel}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tinsmith", type=lambda path: str(pathlib.Path(path).resolve()), required=True)
    parser.add_argument("--package", type=pathlib.Path, default=measure.ROOT / "build/release/python", help="the folder that holds the package")
    parser.add_argument("--only", nargs="*", default=list(SECTIONS), choices=list(SECTIONS), metavar="NAME", help=", ".join(SECTIONS))
    parser.add_argument("--write", type=pathlib.Path, help="the page that holds the section (default: print it)")
    options = parser.parse_args()
    environment(options)
    rows = []
    for name in options.only:
        rows += SECTIONS[name](options)
        print(f"{name}: done", file=sys.stderr)
    measure.publish(options.write, "python", "".join([
        f"\nOn: {measure.machine()}, Python {sys.version.split()[0]}. Whole processes, the median of {RUNS} runs; imports and predictions in turns, medians.\n\n"
        "| what | measured | wanted: at most |\n|---|---|---|\n", *(f"| {' | '.join(row)} |\n" for row in rows), f"\nBeside it: {PEER}.\n\n"]))


if __name__ == "__main__":
    main()
