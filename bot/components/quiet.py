"""Keeps residents' words out of Rasa's log: Rasa would write whole conversations at debug level."""

import logging

from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog


def be_quiet() -> None:
    """Let only warnings and errors through."""
    configure_structlog(logging.WARNING)
    configure_logging_and_warnings(log_level=logging.WARNING, filter_repeated_logs=False)
    logging.getLogger("jieba").setLevel(logging.WARNING)
