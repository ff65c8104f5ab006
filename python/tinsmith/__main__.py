"""`tinsmith`, and `python -m tinsmith`: the command itself takes this process's place."""

import os
import sys

from . import command


def main():
    program = command.path()
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
