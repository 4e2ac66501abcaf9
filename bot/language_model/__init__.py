"""The optional language model: asked over an OpenAI-compatible endpoint, believed only as far as the passages go."""
