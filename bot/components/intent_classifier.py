"""Tells what a message wants, from the features of the whole sentence."""

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.margins import Margins

_FILE = "intents.npz"
#: So many of the likeliest intents go with the message.
_RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """Takes the features as Rasa's own classifier does, and draws the borders with a support vector machine."""

    _margins: Margins | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How closely to follow the examples, how quickly to be sure, and the seed that makes training repeatable."""
        return {
            **LogisticRegressionClassifier.get_default_config(),
            "strictness": 0.7,
            "sharpness": 4.0,
            "random_state": 42,
        }

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent."""
        features, intents = self._create_training_matrix(training_data)
        self._margins = Margins.learn(
            features,
            intents,
            strictness=self.config["strictness"],
            sharpness=self.config["sharpness"],
            seed=self.config["random_state"],
        )
        self.persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's likeliest intent, and the next ones."""
        if self._margins is None or not messages:
            return messages
        for message, row in zip(messages, self._margins.probabilities(self._create_X(messages)), strict=True):
            found = sorted(zip(self._margins.classes, row.tolist(), strict=True), key=lambda one: -one[1])[:_RANKED]
            ranking = [{"name": name, "confidence": confidence} for name, confidence in found]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def persist(self) -> None:
        """Write what was learnt."""
        if self._margins is not None:
            with self._model_storage.write_to(self._resource) as folder:
                self._margins.keep(folder / _FILE)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> "IntentClassifier":
        """Read what was learnt."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._margins = Margins.read(folder / _FILE)
        return component
