"""Every node case of the onnx wheel: convert, run in LiteRT, compare with ONNX's expected output.

    python test/conformance/node_cases.py --only 'Conv|Pool' -v [--tinsmith build/dev/cli/tinsmith]

A case ends as `match`, `refused` (exit 2 or 3 and a message that names the operator), `wrong` (converted, but LiteRT refuses
the file, or another interface, or another result) or `crash` (a signal, exit 70, the time limit, a file left by a failed run).
Integers and booleans must be equal; floats to 1e-3 of the value plus 1e-5, where onnx's own runner takes 1e-3 and 1e-7 (LiteRT
computes some sums in another order, and the cases hold sums that cancel). Both LiteRT's reference kernels and XNNPACK must match.

The cases: all that are neither `_expanded` nor training, with static shapes and tensors of float32, int8, uint8, int32, int64
or bool. That is 948, 31 of them with an empty tensor.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import sys
import tempfile
import threading

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

import litert
import tinsmith

CASES = pathlib.Path(onnx.__file__).parent / "backend/test/data/node"
TYPES = {TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL}
RTOL, ATOL = 1e-3, 1e-5
OUTCOMES = ("match", "refused", "wrong", "crash")


@dataclasses.dataclass
class Case:
    name: str
    folder: pathlib.Path
    operator: str
    operators: tuple
    inputs: list
    outputs: list


@dataclasses.dataclass
class Finding:
    case: Case
    outcome: str
    detail: str = ""


def plain_tensor(value):
    """Whether a graph input or output is a tensor with static shape and one of TYPES."""
    if value.type.WhichOneof("value") != "tensor_type":
        return False
    tensor = value.type.tensor_type
    return tensor.elem_type in TYPES and tensor.HasField("shape") and all(d.HasField("dim_value") for d in tensor.shape.dim)


def nodes_of(graph):
    """Operators of a graph and of the graphs in its attributes."""
    for node in graph.node:
        yield node.op_type
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from nodes_of(attribute.g)


def select(pattern=None):
    """The cases whose operator or name matches `pattern`, by name."""
    cases = []
    for folder in sorted(CASES.iterdir()):
        name = folder.name.removeprefix("test_")
        if "_expanded" in name or "training" in name:
            continue
        model = onnx.load(folder / "model.onnx")
        if any(opset.domain == "ai.onnx.preview.training" for opset in model.opset_import):
            continue
        if not all(map(plain_tensor, [*model.graph.input, *model.graph.output])):
            continue
        operators = tuple(nodes_of(model.graph))
        # A case is named after the operator it is about, its last node where others feed it constants.
        case = Case(name, folder, model.graph.node[-1].op_type, operators, [v.name for v in model.graph.input], [v.name for v in model.graph.output])
        if not pattern or re.search(pattern, case.operator) or re.search(pattern, name):
            cases.append(case)
    return cases


def stored(case, role, names):
    folder = case.folder / "test_data_set_0"
    return {name: numpy_helper.to_array(onnx.load_tensor(folder / f"{role}_{i}.pb")) for i, name in enumerate(names)}


def difference(actual, expected):
    """What is wrong with an output, or None."""
    if actual.dtype != expected.dtype:
        return f"{actual.dtype} instead of {expected.dtype}"
    if actual.shape != expected.shape:
        return f"shape {actual.shape} instead of {expected.shape}"
    if expected.dtype.kind == "f":
        close = np.isclose(actual, expected, rtol=RTOL, atol=ATOL, equal_nan=True)
    else:
        close = actual == expected
    if np.all(close):
        return None
    where = tuple(int(i) for i in np.argwhere(~np.atleast_1d(close))[0])
    a, e = np.atleast_1d(actual)[where], np.atleast_1d(expected)[where]
    return f"{np.count_nonzero(~close)} of {close.size} values differ, first at {list(where)}: {a} instead of {e}"


def try_case(case, command, runner, options):
    with tempfile.TemporaryDirectory(prefix="tinsmith-") as folder:
        target = pathlib.Path(folder) / "x.tflite"
        run = tinsmith.call(command, "convert", case.folder / "model.onnx", "-o", target, "--force", "--keep-nchw", "--method", "float32",
                            *options, timeout=20)
        if run.crashed:
            return Finding(case, "crash", run.sentence())
        if run.code != tinsmith.OK:
            left = os.listdir(folder)
            if left:
                return Finding(case, "crash", f"a failed run left {left}")
            if run.code not in (tinsmith.INPUT, tinsmith.UNSUPPORTED):
                return Finding(case, "crash", f"exit {run.code}: {run.sentence()}")
            if not any(operator in run.stderr for operator in case.operators):
                return Finding(case, "wrong", f"refused without naming the operator: {run.sentence()}")
            return Finding(case, "refused", run.sentence())
        if not target.is_file():
            return Finding(case, "crash", "success, but no file")
        inputs, expected = stored(case, "input", case.inputs), stored(case, "output", case.outputs)
        for kind in litert.KINDS:
            result = runner.run(target, [inputs], kind, timeout=20)
            if result.error:
                return Finding(case, "wrong", f"LiteRT ({kind}): {result.error}")
            outputs = result.outputs[0]
            if set(outputs) != set(expected):
                return Finding(case, "wrong", f"outputs {sorted(outputs)} instead of {sorted(expected)}")
            for name, array in expected.items():
                problem = difference(outputs[name], array)
                if problem:
                    operators = " ".join(result.operators)
                    return Finding(case, "wrong", f"{name} ({kind}): {problem} [{operators}]")
    return Finding(case, "match")


def run_all(cases, command, options=("--no-verify",), jobs=None, progress=lambda finding: None):
    """Findings in the order of `cases`."""
    local, runners = threading.local(), []

    def one(case):
        if not hasattr(local, "runner"):
            local.runner = litert.Runner()
            runners.append(local.runner)
        finding = try_case(case, command, local.runner, options)
        progress(finding)
        return finding

    try:
        with concurrent.futures.ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
            return list(pool.map(one, cases))
    finally:
        for runner in runners:
            runner.close()


def tally(findings):
    counts = collections.Counter(finding.outcome for finding in findings)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="REGEX", help="cases whose operator or name matches")
    parser.add_argument("--tinsmith", help="the command (default: $TINSMITH, else the newest build)")
    parser.add_argument("-v", "--verbose", action="store_true", help="matches too")
    parser.add_argument("--refused", action="store_true", help="refusals too")
    parser.add_argument("--proof", action="store_true", help="with tinsmith's own proof, whose failure is a crash here")
    parser.add_argument("--jobs", type=int, help="cases at a time (default: one per core)")
    parser.add_argument("--write-table", action="store_true", help="write docs/onnx-support.md")
    arguments = parser.parse_args()
    shown = {"wrong", "crash"} | ({"refused"} if arguments.refused else set()) | (set(OUTCOMES) if arguments.verbose else set())

    def show(finding):
        if finding.outcome in shown:
            # One write, for lines come from several threads.
            sys.stdout.write(f"{finding.outcome:8}{finding.case.name} ({finding.case.operator})  {finding.detail}\n")

    options = () if arguments.proof else ("--no-verify",)
    command = arguments.tinsmith or tinsmith.find_command()
    findings = run_all(select(arguments.only), command, options, arguments.jobs, show)
    print(tally(findings))
    if arguments.write_table:
        import support_table

        support_table.PATH.write_text(support_table.render(findings))
    sys.exit(any(finding.outcome in ("wrong", "crash") for finding in findings))


if __name__ == "__main__":
    main()
