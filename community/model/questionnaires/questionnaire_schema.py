"""The JSON Schema of a questionnaire, with what each key is for in Chinese: editors complete and check YAML by it.

`python -m community.model.questionnaires.questionnaire_schema` prints it; docs/questionnaire.schema.json holds it.
"""

import json
from typing import Any

from community.model.questionnaires.questionnaire import Questionnaire
from community.model.questionnaires.questionnaire_keys import KEYS


def questionnaire_schema() -> dict[str, Any]:
    """The schema as a JSON document."""
    schema = Questionnaire.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "外呼问卷"
    definitions = {"Questionnaire": schema, **schema["$defs"]}
    for name, keys in KEYS.items():
        for key, meaning in keys.items():
            definitions[name]["properties"][key]["description"] = f"{meaning.meaning}。例如 {meaning.example}"
    for definition in definitions.values():
        # What the code's own comments say is in another language and for other readers.
        if isinstance(definition, dict) and "title" not in definition.get("properties", {}):
            definition.pop("description", None)
    return schema


def schema_text() -> str:
    """The schema as docs/questionnaire.schema.json holds it."""
    return json.dumps(questionnaire_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
