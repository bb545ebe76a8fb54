"""The same detector as the site's, inside Rasa: the louder of the two voices is heard."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.voices import CRISIS_KEY
from triage.assess import assess
from triage.levels import Level, highest


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class CrisisDetector(GraphComponent):
    """Writes level and reasons of a message beside its intent, before any policy reads it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CrisisDetector:
        """Create the component for training and for running; it learns nothing."""
        # The lexicon is compiled now, so that the first person does not wait for it.
        assess("ready")
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as it is."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Assess each message; what the site said of it counts as well."""
        for message in messages:
            message.set(CRISIS_KEY, _heard(message), add_to_output=True)
        return messages


def _heard(message: Message) -> dict[str, Any]:
    text = str(message.get(TEXT) or "")
    # A tap carries no words of the person; its meaning is weighed by the screening rules.
    own = assess("" if text.startswith("/") else text)
    told = _told_by_site(message.get("metadata") or {})
    return {
        "level": highest((own.level, told)).value,
        "own_level": own.level.value,
        "site_level": told.value,
        "reasons": list(own.reasons),
    }


def _told_by_site(metadata: dict[str, Any]) -> Level:
    try:
        return Level(metadata.get("level", Level.GREEN.value))
    except ValueError:
        return Level.GREEN
