"""What all parts of a questionnaire share: no key that nobody knows, and nothing that changes later."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class StrictModel(BaseModel):
    """A table of a questionnaire."""

    # A number may stand where words are wanted (options: [1, 2]): YAML cannot tell what was meant.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
