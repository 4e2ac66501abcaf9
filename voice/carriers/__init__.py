"""One folder a carrier, behind voice.carriers.base."""
