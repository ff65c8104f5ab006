"""Bars of tqdm, where it is installed and somebody looks: on a terminal, in a notebook."""

_MARK = "progress"


def _tqdm():
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm


def _bar(tqdm, *arguments, **options):
    """On a terminal; a notebook's output is none, and shows the bar all the same."""
    in_notebook = any(kind.__module__ == "tqdm.notebook" for kind in tqdm.__mro__)
    return tqdm(*arguments, leave=False, disable=False if in_notebook else None, **options)


def shown(data):
    """The iterable, with a bar of samples read."""
    tqdm = _tqdm()
    return _bar(tqdm, data, desc="samples") if tqdm else data


class Bars:
    """What the command says of its work, a bar for each piece of it, one at a time."""

    def __init__(self):
        self._tqdm = _tqdm()
        self._bar, self._what = None, None

    @property
    def wanted(self):
        return self._tqdm is not None

    def take(self, line):
        """Whether the line ("progress<tab>what<tab>12<tab>40") was about progress."""
        mark, *words = line.rstrip("\n").split("\t")
        if mark != _MARK or len(words) != 3:
            return False
        what, done, total = words[0], int(words[1]), int(words[2])
        if self._bar is None or self._what != what:
            self.close()
            self._bar, self._what = _bar(self._tqdm, total=total, desc=what), what
        self._bar.update(done - self._bar.n)
        if done == total:
            self.close()
        return True

    def close(self):
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
