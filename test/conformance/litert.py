"""Runs .tflite files in LiteRT or TFLite Micro, in a process of its own, because they may crash and must not take the test with them.

`Runner().run(path, samples, kind)` returns a `Result`. Run as a program, this file is that process: it reads pickled requests
from stdin and writes pickled answers to stdout.
"""

import dataclasses
import os
import pickle
import select
import subprocess
import sys

import numpy as np

KINDS = ("BUILTIN_REF", "XNNPACK")
MICRO = "MICRO"  # TFLite Micro, of integer models alone


@dataclasses.dataclass
class Result:
    error: str | None = None  # why LiteRT refused or died
    outputs: list | None = None  # per sample: {name: array}
    inputs: dict | None = None  # {name: (shape, dtype name)} of the interface
    operators: dict | None = None  # {operator: how many}
    seconds: list | None = None  # of each timed invocation


class Runner:
    """One process, started when first needed and again after a crash. Use one per thread."""

    def __init__(self, threads=1):
        self.process, self.threads = None, threads

    def run(self, path, samples, kind, timeout=120, repeat=0):
        """`samples` is a list of {input name: array}; `repeat` times that many more invocations of the last one."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen([sys.executable, __file__, str(self.threads)], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            pickle.dump((str(path), samples, kind, repeat), self.process.stdin)
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], timeout)[0]:
                self.close()
                return Result(error=f"no answer in {timeout} s")
            return Result(**pickle.load(self.process.stdout))
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            code = self.process.wait()
            self.process = None
            return Result(error=f"crashed (signal {-code})" if code < 0 else f"ended (exit {code})")

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def execute_micro(path, samples):
    """Samples by position. Variables keep their contents from one to the next."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_file(path, arena_size=max(64 * os.path.getsize(path), 1 << 22))
    result = Result(outputs=[])
    for sample in samples:
        for index, array in enumerate(sample):
            interpreter.set_input(array, index)
        interpreter.invoke()
        result.outputs.append([interpreter.get_output(index).copy() for index in range(outputs_of(path))])
    return result


def outputs_of(path):
    from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

    with open(path, "rb") as file:
        return schema.Model.GetRootAsModel(file.read(), 0).Subgraphs(0).OutputsLength()


def execute(path, samples, kind, repeat, threads):
    """One file in this process."""
    if kind == MICRO:
        return execute_micro(path, samples)
    import time

    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    def opened(resolver):
        return Interpreter(model_path=path, experimental_op_resolver_type=resolver, num_threads=threads)

    try:
        interpreter = opened({"BUILTIN_REF": OpResolverType.BUILTIN_REF, "XNNPACK": OpResolverType.AUTO}[kind])
    except ValueError as error:
        # The list of reference kernels lacks a few operators (CEIL, ROUND): the default list without XNNPACK has them.
        if kind != "BUILTIN_REF" or "Didn't find op" not in str(error):
            raise
        interpreter = opened(OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    result = Result(outputs=[], operators={}, seconds=[])
    for op in interpreter._get_ops_details():
        result.operators[op["op_name"]] = result.operators.get(op["op_name"], 0) + 1
    if samples and not isinstance(samples[0], dict):
        invoke_by_position(interpreter, samples, result)
    else:
        invoke_by_name(interpreter, samples, result)
    for _ in range(0 if result.error else repeat):
        start = time.perf_counter()
        interpreter.invoke()
        result.seconds.append(time.perf_counter() - start)
    return result


def invoke_by_position(interpreter, samples, result):
    """For files of other tools, whose names are their own."""
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    for sample in samples:
        for detail, array in zip(inputs, sample, strict=True):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        result.outputs.append([interpreter.get_tensor(detail["index"]).copy() for detail in outputs])


def fetch(interpreter, detail):
    """A copy of an output. LiteRT's Python refuses to hand out a tensor without elements, although it computes it."""
    shape = tuple(map(int, detail["shape"]))
    if 0 in shape:
        return np.empty(shape, detail["dtype"])
    return interpreter.get_tensor(detail["index"]).copy()


def invoke_by_name(interpreter, samples, result):
    """Through the signature, as an application would. Everything that the file promises must be kept exactly."""
    signatures = interpreter._get_full_signature_list()
    if len(signatures) != 1:
        result.error = f"{len(signatures)} signatures instead of one"
        return
    names = next(iter(signatures.values()))
    details = {d["index"]: d for d in interpreter.get_input_details() + interpreter.get_output_details()}
    for role in ("inputs", "outputs"):
        for name, index in names[role].items():
            if details[index]["name"] != name:
                result.error = f"the signature says {name!r}, the tensor {details[index]['name']!r}"
                return
    result.inputs = {name: (tuple(map(int, details[i]["shape"])), details[i]["dtype"].__name__) for name, i in names["inputs"].items()}
    for sample in samples:
        wanted = {name: (array.shape, array.dtype.name) for name, array in sample.items()}
        if wanted != result.inputs:
            result.error = f"the file's inputs are {result.inputs}, the source's {wanted}"
            return
        for name, array in sample.items():
            interpreter.set_tensor(names["inputs"][name], array)
        interpreter.invoke()
        details = {d["index"]: d for d in interpreter.get_output_details()}
        result.outputs.append({name: fetch(interpreter, details[index]) for name, index in names["outputs"].items()})


def main():
    threads = int(sys.argv[1])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever LiteRT prints must not mix with the answers
    import ml_dtypes  # noqa: F401  LiteRT names its types while loading

    while True:
        try:
            path, samples, kind, repeat = pickle.load(sys.stdin.buffer)
        except EOFError:
            os._exit(0)  # LiteRT may crash while Python takes its interpreters apart
        try:
            result = execute(path, samples, kind, repeat, threads)
        except Exception as error:  # LiteRT reports by ValueError and RuntimeError alike
            result = Result(error=" ".join(str(error).split())[:300] or type(error).__name__)
        pickle.dump(vars(result), answers)
        answers.flush()


if __name__ == "__main__":
    main()
