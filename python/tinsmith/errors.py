"""What can go wrong, by whose fault it is. Each carries the command's own message."""


class Error(Exception):
    """What every error of tinsmith is."""


class InputError(Error, ValueError):
    """The model, the data or an argument is at fault."""


class UnsupportedError(Error):
    """The model is correct, but cannot be expressed in the requested form; the message names every operator in question."""


class TargetError(Error):
    """It does not fit the device; the message says by how much."""


class MismatchError(Error):
    """The written file does not compute what the source computes. No file is left."""


class InternalError(Error):
    """A mistake of tinsmith's own: please report it."""


_BY_CODE = {2: InputError, 3: UnsupportedError, 4: TargetError, 5: MismatchError}


def of_code(code: int, message: str) -> Error:
    """The error that an exit code of the command stands for (docs/command.md)."""
    return _BY_CODE.get(code, InternalError)(message)
