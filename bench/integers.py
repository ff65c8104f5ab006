"""int8, beside TensorFlow's converter in the same run: cost of the conversion, the file, its accuracy, its latency.

Called by bench/peers.py; on its own:

    python bench/integers.py --tinsmith build/release/cli/tinsmith [--peers .venv-peers] [--only NAME ...]

Every model of bench/calibration.py, calibrated on the same (at most 100) samples. Accuracy is measured as there. LiteRT runs the
files with XNNPACK on one thread, in turns; *host* is tinsmith's own integer execution of the same file.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import calibration
import process

ROOT = pathlib.Path(__file__).resolve().parents[1]
COLUMNS = "| model | tool | CPU s | peak MB | bytes | operators | SQNR dB (top-1 same) | LiteRT ms | host ms |\n|---|---|---|---|---|---|---|---|---|\n"


def saved_model(python, model, folder):
    """onnx2tf's, from a copy, since it overwrites its input."""
    copy = folder / "source.onnx"
    copy.write_bytes(model.read_bytes())
    np.save(folder / "calibration_image_sample_data_20x128x128x3_float32.npy",
            np.random.default_rng(0).random((20, 128, 128, 3), dtype=np.float32))
    done = process.measure([python.parent / "onnx2tf", "-i", copy, "-o", "saved"], cwd=folder, log=folder / "onnx2tf.log")
    return folder / "saved" if done.code == 0 else None


def host_latency(command, file):
    done = subprocess.run([command, "bench", file, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout)["median_ms"] if done.returncode == 0 else None


def rows(command, python, names, runs=3):
    """Lines of the table, and per model the figures that ratios are made of."""
    for name in names:
        model, load = calibration.CASES[name]
        model = calibration.SHARED / model
        if not model.is_file():
            print(f"{name}: {model} is not on this machine: skipped", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory(prefix="tinsmith-int8-") as temporary:
            folder = pathlib.Path(temporary)
            samples, test = load()
            np.save(folder / "data.npy", samples[:100])
            expected, softmax_ends = calibration.float_logits(model, test)
            found = []
            ours = folder / "tinsmith.tflite"
            cost = process.median_of(runs, [command, "convert", model, "--method", "int8", "--data", folder / "data.npy", "-o", ours, "--no-verify", "--force"])
            found.append(("tinsmith", cost, ours))
            saved = saved_model(python, model, folder) if python else None
            if saved:
                theirs = folder / "tensorflow.tflite"
                cost = process.measure([python, ROOT / "bench/peer_tensorflow.py", saved, theirs, "int8", folder / "data.npy"], log=folder / "tf.log")
                found.append(("TensorFlow", cost, theirs))
            elif python:
                print(f"{name}: onnx2tf makes no SavedModel of it", file=sys.stderr)
            usable = [row for row in found if row[1].code == 0]
            timed = subprocess.run([sys.executable, ROOT / "bench/pairs.py", *[file for _, _, file in usable]], capture_output=True, text=True)
            latency = {row["file"]: row for row in json.loads(timed.stdout)} if timed.returncode == 0 else {}
            for tool, cost, file in found:
                if cost.code:
                    yield f"| {name} | {tool} | failed | | | | | | |\n"
                    continue
                accuracy = calibration.figure(name, expected, calibration.integer_logits(file, test, softmax_ends))
                timing = latency.get(str(file), {})
                host = host_latency(command, file)
                yield (f"| {name} | {tool} | {cost.cpu:.3f} | {cost.rss / 1e6:.0f} | {file.stat().st_size:,} | {timing.get('operators', '')} | {accuracy} | "
                       f"{timing['seconds'] * 1e3:.3f} | " if timing else f"| {name} | {tool} | {cost.cpu:.3f} | {cost.rss / 1e6:.0f} | {file.stat().st_size:,} | | {accuracy} | | ")
                yield f"{host:.3f} |\n" if host else "|\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tinsmith", required=True)
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / ".venv-peers")
    parser.add_argument("--only", nargs="*", default=list(calibration.CASES))
    arguments = parser.parse_args()
    python = (arguments.peers / "bin/python").absolute()
    print(COLUMNS, end="")
    for line in rows(str(pathlib.Path(arguments.tinsmith).resolve()), python if python.exists() else None, arguments.only):
        print(line, end="", flush=True)


if __name__ == "__main__":
    main()
