"""Each TensorFlow operator and layer of tensorflow_cases.py, as a SavedModel: tinsmith's file in LiteRT against TensorFlow itself. What is
refused is refused by name, and, kept with --allow-select-tf-ops, computed by TensorFlow's kernels in TensorFlow's interpreter.

`python test_tensorflow_operators.py --write-table docs/tensorflow-support.md` writes the table of operators."""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import tempfile

import litert
import numpy as np
import pytest
import tinsmith

PYTHON = tinsmith.ROOT / ".venv-keras" / "bin" / "python"
HERE = tinsmith.ROOT / "test" / "conformance"
ROWS = tinsmith.ROOT / "src" / "frontend" / "tensorflow" / "ops.inc"
TOLERANCE = 2e-5  # of the largest output
# Results that are no longer static, or no tensors of TFLite, once they are kept: refused in every way.
REFUSED_ALWAYS = {"Where", "Unique", "NonMaxSuppressionV3", "RFFT", "AsString"}
RANDOM = {"RandomUniform", "RandomStandardNormal"}
# Of graphs of the first version alone (test_tensorflow.py has some), or of effects that nothing shows.
WITHOUT_CASE = {"Assert", "ControlTrigger", "Enter", "LoopCond", "Merge", "NoOp", "PlaceholderWithDefault", "Print", "PrintV2", "RefIdentity",
                "Switch", "Variable", "VariableV2", "VarIsInitializedOp", "TensorArrayCloseV3", "TopK", "DisableCopyOnRead"}

pytestmark = pytest.mark.skipif(not (PYTHON.parent.parent / "ready").exists(),
                                reason="TensorFlow is not installed (make test-peers does): its operators are not tested")


def apart(ours, theirs, tolerance=TOLERANCE):
    """Nothing, or what is wrong."""
    if ours.shape != theirs.shape:
        return f"shape {ours.shape} instead of {theirs.shape}"
    if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        return "no numbers in other places"
    ours, theirs = np.nan_to_num(ours.astype(np.float64)), np.nan_to_num(theirs.astype(np.float64))
    error = np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-9)
    return None if error <= tolerance else f"{error:.1e} apart"


def check(command, runner, folder, name):
    out = folder / f"{name}.tflite"
    result = tinsmith.call(command, "convert", folder / name, "--method", "float32", "--force", "-o", out)
    if result.code != 0:
        return result.sentence()
    stored = np.load(folder / f"{name}.npz")
    samples = {key: stored[key] for key in stored.files if key != "y"}
    ran = runner.run(str(out), [samples], "BUILTIN_REF")
    if ran.error:
        return ran.error
    return apart(next(iter(ran.outputs[0].values())), stored["y"])


def check_refused(command, folder, name):
    result = tinsmith.call(command, "convert", folder / name, "--method", "float32", "-o", folder / f"{name}.tflite")
    if result.code != tinsmith.UNSUPPORTED:
        return f"was to be refused, ended with {result.code} {result.sentence()}"
    if f"({name})" not in result.stderr:
        return f"the error does not name it: {result.sentence()}"
    return None if "--allow-select-tf-ops" in result.stderr and "--allow-custom" in result.stderr else "the error names no way out"


def keep(command, folder, name, option, suffix):
    out = folder / f"{name}{suffix}"
    result = tinsmith.call(command, "convert", folder / name, "--method", "float32", option, "-o", out)
    if name in REFUSED_ALWAYS:
        return None if result.code == tinsmith.UNSUPPORTED else f"{option}: was to be refused, ended with {result.code}"
    if result.code != 0:
        return f"{option}: {result.sentence()}"
    return None if "proven but for these" in result.stdout + result.stderr else f"{option}: the report claims too much"


def write_cases(folder):
    done = subprocess.run([PYTHON, HERE / "tensorflow_cases.py", folder], capture_output=True, timeout=1200, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads((folder / "index.json").read_text())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tensorflow")
    return folder, write_cases(folder)


def converted():
    return set(re.findall(r"^TF_(?:OP|SAME)\((\w+),", ROWS.read_text(), re.M))


@pytest.mark.xdist_group("tensorflow")
def test_operators(command, written):
    folder, index = written
    runner = litert.Runner()
    wrong = {case["name"]: why for case in index["cases"] if (why := check(command, runner, folder, case["name"]))}
    runner.close()
    assert len(index["cases"]) > 250
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())


@pytest.mark.xdist_group("tensorflow")
def test_every_converted_operator_has_a_case(written):
    seen = {op for case in written[1]["cases"] for op in case["operators"]}
    missing = converted() - seen - WITHOUT_CASE
    assert not missing, " ".join(sorted(missing))


@pytest.mark.xdist_group("tensorflow")
def test_refused(command, written):
    folder, index = written
    wrong = {case["name"]: why for case in index["refused"] if (why := check_refused(command, folder, case["name"]))}
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())


@pytest.mark.xdist_group("tensorflow")
def test_kept_operators_run_in_tensorflow(command, written):
    folder, index = written
    names = [case["name"] for case in index["refused"]]
    wrong = [f"{name}: {why}" for name in names if (why := keep(command, folder, name, "--allow-select-tf-ops", ".flex.tflite"))]
    wrong += [f"{name}: {why}" for name in names if (why := keep(command, folder, name, "--allow-custom", ".custom.tflite"))]
    done = subprocess.run([PYTHON, HERE / "tensorflow_cases.py", folder, "--flex"], capture_output=True, timeout=600, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    for name in set(names) - REFUSED_ALWAYS:
        ours, theirs = np.load(folder / f"{name}.flex.npz")["y"], np.load(folder / f"{name}.npz")["y"]
        if why := apart(ours, theirs, np.inf if name in RANDOM else TOLERANCE):
            wrong.append(f"{name}: {why}")
    assert not wrong, "\n".join(wrong)


def test_kept_operators_are_not_for_microcontrollers(command, written):
    folder, _ = written
    int8 = ["--method", "int8", "--calibration", "random"]
    for options in ([*int8, "--target", "tflm"], [*int8, "--strict"]):
        out = folder / "refused.tflite"
        result = tinsmith.call(command, "convert", folder / "Betainc", "--allow-select-tf-ops", "-o", out, *options)
        assert result.code == tinsmith.INPUT and "FlexBetainc" in result.stderr and not out.exists(), result


def table(command, folder):
    index = write_cases(folder)
    runner = litert.Runner()
    tested = collections.Counter(op for case in index["cases"] if not check(command, runner, folder, case["name"]) for op in case["operators"])
    runner.close()
    lines = ["# Operators of TensorFlow", "",
             "Written by `make tensorflow-support-table` from the test itself: each operator in SavedModels of its own, converted and run by",
             "LiteRT's reference kernels beside TensorFlow, within 2e-5 of the largest output. What is refused can be kept:",
             "`--allow-custom` writes it as a custom operator, `--allow-select-tf-ops` as TensorFlow's own.", "",
             "| operator | models that agree |", "|---|---|"]
    for op in sorted(converted(), key=str.lower):
        lines.append(f"| {op} | {tested[op] or 'converted, in no model of its own'} |")
    lines += ["", "Refused by name, among others:", "", "| operator | with --allow-select-tf-ops |", "|---|---|"]
    for case in index["refused"]:
        lines.append(f"| {case['name']} | {'refused too' if case['name'] in REFUSED_ALWAYS else 'runs in TensorFlow'} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", default=os.environ.get("TINSMITH"))
    parser.add_argument("--write-table", type=pathlib.Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        options.write_table.write_text(table(options.tinsmith or tinsmith.find_command(), pathlib.Path(folder)))


if __name__ == "__main__":
    main()
