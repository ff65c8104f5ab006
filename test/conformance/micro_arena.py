"""The smallest tensor arena that TFLite Micro accepts, found by trying. Each attempt is a process: one that is too small may crash."""

import json
import pathlib
import subprocess
import sys

LARGEST = 1 << 24
STEP = 16


def smallest(path):
    """Bytes, or None where TFLite Micro does not run the model at all."""
    done = subprocess.run([sys.executable, __file__, str(path)], capture_output=True, text=True, timeout=600, check=True)
    return json.loads(done.stdout)


def _accepted(data, size):
    import os

    from tflite_micro.python.tflite_micro import runtime

    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            runtime.Interpreter.from_bytes(data, arena_size=size)
        except BaseException:  # whatever it is, the arena was not enough
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _search(data):
    high = 1 << 12
    while not _accepted(data, high):
        high *= 2
        if high > LARGEST:
            return None
    low = 0 if _accepted(data, high // 2) else high // 2
    while high - low > STEP:
        middle = (low + high) // 2 // STEP * STEP
        if _accepted(data, middle):
            high = middle
        else:
            low = middle
    return high


if __name__ == "__main__":
    print(json.dumps(_search(pathlib.Path(sys.argv[1]).read_bytes())))
