"""Becomes another program that ends with its parent: `python leash.py PARENT_ID PROGRAM ARGUMENT…`.

A program of its own, as code run between fork and exec can wait for ever for a lock that some other thread held (Python's
documentation of `preexec_fn`); the wish outlasts exec (prctl(2), PR_SET_PDEATHSIG).
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, argv: list[str]) -> None:
    """Ask Linux to kill this process when its parent dies, even of SIGKILL, then become `argv`."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it died before it could be asked
    os.execv(argv[0], argv)  # noqa: S606 - the arguments are our own


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
