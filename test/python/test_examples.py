"""The examples run as their first lines say."""

import os
import pathlib
import subprocess
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(name, *arguments):
    done = subprocess.run([sys.executable, ROOT / "examples" / name, *map(str, arguments)], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_variant_and_one_of_them_at_work(digits, images, tmp_path):
    np.save(tmp_path / "x.npy", images)
    assert "int8" in run("convert_to_tflite.py", "--model", digits, "--data", tmp_path / "x.npy", "--output", tmp_path)
    written = {path.name for path in tmp_path.glob("*.tflite")}
    assert written == {f"digits_{m}.tflite" for m in ("float32", "dynamic_range", "float16", "int8")}
    np.save(tmp_path / "last.npy", np.moveaxis(images, 1, -1))
    assert "100 samples" in run("examples_tflite_inference.py", tmp_path / "digits_int8.tflite", tmp_path / "last.npy")


def test_one_method(digits, tmp_path):
    assert "dynamic_range" in run("convert_to_tflite.py", "--model", digits, "--method", "dynamic_range", "--output", tmp_path)
    assert [path.name for path in tmp_path.glob("*.tflite")] == ["digits_dynamic_range.tflite"]
