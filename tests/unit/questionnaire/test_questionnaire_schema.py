"""The JSON Schema beside the documentation is the one the code checks by."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from community.model.questionnaires.questionnaire_keys import KEYS
from community.model.questionnaires.questionnaire_schema import questionnaire_schema, schema_text

ROOT = Path(__file__).parents[3]
CAMPAIGNS = sorted((ROOT / "sample" / "campaigns").glob("*.yml"))


def test_the_schema_in_docs_is_current() -> None:
    current = (ROOT / "docs" / "questionnaire.schema.json").read_text(encoding="utf-8")

    assert current == schema_text(), (
        "run: python -m community.model.questionnaires.questionnaire_schema > docs/questionnaire.schema.json"
    )


def test_every_key_has_its_meaning_and_an_example_that_is_yaml() -> None:
    schema = questionnaire_schema()
    for name, keys in KEYS.items():
        properties = (schema if name == "Questionnaire" else schema["$defs"][name])["properties"]
        assert set(properties) == set(keys)
        for key, meaning in keys.items():
            assert list(yaml.safe_load(meaning.example)) == [key]


def test_the_page_for_staff_names_every_key() -> None:
    page = (ROOT / "docs" / "questionnaire.md").read_text(encoding="utf-8")

    assert [key for keys in KEYS.values() for key in keys if f"`{key}`" not in page] == []


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.name)
def test_the_samples_are_valid_by_the_schema(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), json.loads(schema_text()))
