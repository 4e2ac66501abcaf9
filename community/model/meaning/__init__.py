"""What a resident meant by the words and keys that came back: one file a kind of question, and the labels common to all."""

from community.model.meaning.reading import Label, Reading
from community.model.meaning.second_opinion import AnswerOpinion
from community.model.meaning.understand import understand

__all__ = ["AnswerOpinion", "Label", "Reading", "understand"]
