"""Finding the passage that answers a question, in documents never seen before, without training on them."""
