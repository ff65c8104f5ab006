"""Folders for what only one call needs."""

from contextlib import AbstractContextManager


def temporary() -> AbstractContextManager[str]:
    """A folder that is gone, with all in it, when the context ends."""
    import tempfile  # here: importing it takes longer than all of this package

    return tempfile.TemporaryDirectory(prefix="tinsmith-")
