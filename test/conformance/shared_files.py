"""Every file of ../shared that is a model of Keras, TensorFlow or TFLite: whether it is read, and what the file written from it computes.

Run as a program with --write it writes docs/shared-files.md.
"""

import argparse
import pathlib
import tempfile

import numpy as np

import exactness
import litert
import tinsmith

PAGE = tinsmith.ROOT / "docs/shared-files.md"
SUFFIXES = {".h5", ".keras", ".pb", ".tflite"}
NO_MODELS = {"fingerprint.pb", "keras_metadata.pb"}
NOT_READ = "custom operator"  # what LiteRT itself says of a file that only its own runtime computes


def files():
    """SavedModels as the folders that they are."""
    found = []
    for folder in (exactness.CORPUS, exactness.MODELS):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in SUFFIXES or path.name in NO_MODELS or "test_data_set" in str(path):
                continue
            found.append(path.parent if path.name == "saved_model.pb" else path)
    return found


def name_of(path):
    return str(path.relative_to(tinsmith.SHARED))


def samples_of(path):
    """By input, one after the other: variables keep their contents between them."""
    return exactness.samples_of(path)


def convert(command, path, out, *options):
    return tinsmith.call(command, "convert", path, "-o", out, "--force", *options, timeout=300)


def compare(runner, path, out):
    """How far LiteRT's results of the written file are from those of the source: a sentence; 'equal' where no bit differs."""
    arrays = samples_of(path)
    theirs, ours = (exactness.run_runtime(runner, file, arrays, "BUILTIN_REF") for file in (path, out))
    if isinstance(theirs, str):
        return "equal" if path.read_bytes() == out.read_bytes() else f"LiteRT refuses the source: {theirs.split('.')[0]}"
    if isinstance(ours, str):
        return f"LiteRT refuses the result: {ours}"
    if not exactness.difference(ours, theirs):
        return "equal"
    if all(np.issubdtype(a.dtype, np.floating) for a in theirs):
        worst = max(np.abs(a.reshape(b.shape) - b).max() / max(np.abs(b).max(), 1e-9) for a, b in zip(ours, theirs, strict=True))
        return f"{worst:.0e} apart"
    return exactness.difference(ours, theirs)


def row(command, runner, path, folder):
    """(path, bytes of the result or None, what it computes)."""
    out = folder / "out.tflite"
    out.unlink(missing_ok=True)
    done = convert(command, path, out)
    if done.code != 0:
        return path, None, f"not read: {done.sentence()}"
    if path.suffix != ".tflite":
        return path, out.stat().st_size, "proven: the source as tinsmith runs it"
    return path, out.stat().st_size, compare(runner, path, out)


def table(command):
    lines = ["# Models of ../shared", "",
             "Written by `test/conformance/shared_files.py --write`: each `.h5`, `.keras`, SavedModel, frozen graph and `.tflite` converted with no",
             "option (an integer file stays one). A `.tflite` is run beside the file written from it in LiteRT's reference kernels, on noise, on",
             "both ends of the range and on the data that lies beside it.", "",
             "| file | bytes | bytes written | results |", "|---|---|---|---|"]
    runner = litert.Runner()
    with tempfile.TemporaryDirectory() as folder:
        for path in files():
            _, size, words = row(command, runner, path, pathlib.Path(folder))
            inside = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
            bytes_ = sum(p.stat().st_size for p in inside)
            lines.append(f"| {name_of(path)} | {bytes_:,} | {f'{size:,}' if size else '-'} | {words} |")
    runner.close()
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = table(tinsmith.find_command())
    PAGE.write_text(text) if options.write else print(text)


if __name__ == "__main__":
    main()
