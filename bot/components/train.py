"""Trains the model: `python -m bot.components.train MODEL.tar.gz [CONFIG]`, the same model from the same inputs."""

import sys
import tempfile
from pathlib import Path

from rasa.model_training import train

from bot.components.quiet import be_quiet


def main() -> None:
    """Train into a folder of its own, then put the model in place at once."""
    be_quiet()
    target = Path(sys.argv[1])
    config = sys.argv[2] if len(sys.argv) > 2 else "config.yml"
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        result = train(
            domain="bot/domain",
            config=config,
            training_files=["nlu_data"],
            output=folder,
            fixed_model_name=target.name,
            force_training=True,
        )
        if result.code != 0 or result.model is None:
            sys.exit(1)
        Path(result.model).replace(target)


if __name__ == "__main__":
    main()
