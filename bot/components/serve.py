"""Starts Rasa's server alone: `python -m bot.components.serve`, without the many imports of the `rasa` command.

Everything comes from environment variables, so that no token shows in the list of processes.
"""

import os

from rasa.core.run import serve_application
from rasa.core.utils import AvailableEndpoints

from bot.components.faster import spare_repetition
from bot.components.quiet import be_quiet


def main() -> None:
    """Serve the model until told to stop."""
    be_quiet()
    spare_repetition()
    environ = os.environ
    serve_application(
        model_path=environ.get("SHOUWANG_MODEL", "models/shouwang.tar.gz"),
        interface="127.0.0.1",
        port=int(environ["SHOUWANG_RASA_PORT"]),
        credentials="bot/credentials.yml",
        endpoints=AvailableEndpoints.read_endpoints("bot/endpoints.yml"),
        auth_token=environ["SHOUWANG_RASA_TOKEN"],
    )


if __name__ == "__main__":
    main()
