"""Rasa's LogisticRegressionClassifier, kept in a way that starts seconds faster."""

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier

from bot.components.keeping import keep_classifier, read_classifier

_FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """Trains and decides as Rasa's does."""

    def persist(self) -> None:
        """Write the model."""
        with self._model_storage.write_to(self._resource) as folder:
            keep_classifier(self.clf, folder / _FILE)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> "IntentClassifier":
        """Read the model."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.clf = read_classifier(folder / _FILE)
        return component
