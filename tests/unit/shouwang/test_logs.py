"""What reaches the log."""

import subprocess
import sys

_A_PROCESS = """
import logging
from shouwang.logs import set_up_logs
set_up_logs("info")
library = logging.getLogger("chatty_library")
library.setLevel(logging.DEBUG)
library.debug("Building index from tokens")
library.warning("worth reading")
"""


def test_a_library_that_turns_itself_to_debug_stays_quiet() -> None:
    written = subprocess.run([sys.executable, "-c", _A_PROCESS], capture_output=True, text=True, check=True).stderr

    assert written == "worth reading\n"
