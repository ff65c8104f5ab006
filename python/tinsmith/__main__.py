"""`tinsmith`, and `python -m tinsmith`: the command itself takes this process's place."""

import os
import sys

from . import command


def main():
    program = command.path()
    os.environ.setdefault("TINSMITH_PYTHON", sys.executable)  # where a checkpoint's class is made (--module)
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
