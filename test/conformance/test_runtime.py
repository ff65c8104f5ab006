"""`--runtime litert`: the models that tinsmith writes, in LiteRT's own library, opened by the command itself."""

import importlib.util
import json
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

import tinsmith

DIGITS = tinsmith.ROOT / "examples/digits/digits.onnx"
DATA = tinsmith.ROOT / "examples/digits/digits_test.npz"
PACKAGE = pathlib.Path(importlib.util.find_spec("ai_edge_litert").origin).parent
LIBRARY = PACKAGE / "libLiteRt.so"


@pytest.fixture(scope="module")
def models(command, tmp_path_factory):
    """float32 and int8 files of the example."""
    folder = tmp_path_factory.mktemp("runtime")
    out = {}
    for method in ("float32", "int8"):
        out[method] = folder / f"digits_{method}.tflite"
        run = tinsmith.call(command, "convert", DIGITS, "--method", method, "--data", DATA, "-o", out[method])
        assert run.code == 0, run.sentence()
    return out


@pytest.mark.parametrize("method", ["float32", "int8"])
def test_it_computes_what_tinsmith_computes(command, models, method, tmp_path):
    """LiteRT's reference kernels, and tinsmith's: integers to the bit, whichever thread computes."""
    y = tmp_path / "y.npy"
    run = tinsmith.call(command, "run", models[method], "--data", DATA, "--samples", 20, "-o", y, "--threads", 2,
                        "--runtime", "litert", "--litert", PACKAGE, "--delegate", "reference")
    assert run.code == 0, run.sentence()
    here = tmp_path / "here.npy"
    run = tinsmith.call(command, "run", models[method], "--data", DATA, "--samples", 20, "-o", here)
    assert run.code == 0, run.sentence()
    got, own = np.load(y), np.load(here)
    if method == "int8":
        assert np.array_equal(got, own)
    else:
        assert np.allclose(got, own, atol=1e-6)


def test_compare_says_whether_the_bits_are_equal(command, models):
    run = tinsmith.call(command, "compare", models["int8"], models["int8"], "--data", DATA, "--runtime", "litert", "--litert", PACKAGE,
                        "--delegate", "reference", "--json")
    assert run.code == 0, run.sentence()
    assert json.loads(run.stdout)["outputs"][0]["max_abs_error"] == 0


def test_validate_runs_the_model_there(command, models):
    run = tinsmith.call(command, "validate", models["int8"], "--reference", DIGITS, "--data", DATA, "--runtime", "litert", "--litert",
                        PACKAGE, "--json")
    assert run.code == 0, run.sentence()
    assert json.loads(run.stdout)["agreement"] >= 0.95


@pytest.mark.parametrize("delegate", ["xnnpack", "none", "reference"])
def test_bench_measures_both(command, models, delegate):
    run = tinsmith.call(command, "bench", models["float32"], "--warmup", 1, "--runs", 5, "--delegate", delegate, "--json",
                        environment={"TINSMITH_LITERT": str(LIBRARY)})
    assert run.code == 0, run.sentence()
    runtimes = json.loads(run.stdout)["runtimes"]
    assert [r["runtime"] for r in runtimes] == ["tinsmith", "litert"]
    for r in runtimes:
        assert 0 < r["min_ms"] <= r["median_ms"] <= r["p95_ms"] <= r["max_ms"] and r["throughput_fps"] > 0
        assert r["batched"]["throughput_fps"] > 0


def test_an_old_library_is_refused(command, models, tmp_path):
    compiler = shutil.which("cc") or pytest.skip("no C compiler")
    (tmp_path / "old.c").write_text("int LiteRtCreateEnvironment(void) { return 0; }\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", tmp_path / "libLiteRt.so", tmp_path / "old.c"], check=True)
    run = tinsmith.call(command, "bench", models["float32"], "--runtime", "litert", "--litert", tmp_path)
    assert run.code == tinsmith.INPUT
    assert "later version" in run.stderr and "pip install ai-edge-litert" in run.stderr


def test_a_delegate_from_a_file_is_asked(command, models, tmp_path):
    compiler = shutil.which("cc") or pytest.skip("no C compiler")
    plugin, log = tmp_path / "delegate.so", tmp_path / "log"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", plugin, pathlib.Path(__file__).parent / "delegate.c"], check=True)
    run = tinsmith.call(command, "bench", models["float32"], "--runtime", "litert", "--litert", PACKAGE, "--delegate", plugin, "--runs", 3,
                        "--batch", 0, environment={"TINSMITH_DELEGATE_LOG": str(log)})
    assert run.code == 0, run.sentence()
    assert log.read_text().split() == ["create", "prepare", "destroy"]
    run = tinsmith.call(command, "bench", models["float32"], "--runtime", "litert", "--litert", PACKAGE, "--delegate", LIBRARY)
    assert run.code == tinsmith.INPUT and "not a delegate" in run.stderr
