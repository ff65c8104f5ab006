"""Measures whole processes: CPU seconds and peak memory of a command and everything it waited for."""

import dataclasses
import os
import statistics
import subprocess
import sys

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


def measure(command, cwd=None, log=os.devnull):
    """One run of the command; its output goes to the file `log`."""
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
    measure(command, **options)
    runs = [measure(command, **options) for _ in range(count)]
    code = next((run.code for run in runs if run.code), 0)
    cpu, wall, rss = (statistics.median(getattr(run, field) for run in runs) for field in ("cpu", "wall", "rss"))
    return Cost(code, cpu, wall, int(rss))
