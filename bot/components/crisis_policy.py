"""A message of danger goes to action_crisis: above rules, above forms, above the fallback."""

from __future__ import annotations

from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from components.voices import CRISIS_KEY, heard_level, third_voice
from triage.assess import assess
from triage.levels import Level, highest

ACTION = "action_crisis"
PRIORITY = 9
# Words for which a person must look today interrupt whatever the bot was asking.
INTERRUPTS_FROM = Level.ORANGE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class CrisisPolicy(Policy):
    """Decides nothing about risk: it carries the level that triage and the site found."""

    @staticmethod
    def supported_data() -> SupportedData:
        """Stories and rules do not concern this policy."""
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that config.yml may change."""
        return {"priority": PRIORITY, "max_history": 1}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer=featurizer)

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """There is nothing to learn."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CrisisPolicy:
        """Make the policy anew: it keeps no state."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Choose action_crisis after a message of danger, then listen; otherwise leave the turn to the rules."""
        if _level(tracker).is_at_least(INTERRUPTS_FROM):
            if tracker.latest_action_name == ACTION_LISTEN_NAME:
                return self._certain(domain, ACTION)
            if tracker.latest_action_name == ACTION:
                return self._certain(domain, ACTION_LISTEN_NAME)
        return self._prediction(self._default_predictions(domain))

    def _certain(self, domain: Domain, action: str) -> PolicyPrediction:
        chances = self._default_predictions(domain)
        chances[domain.index_for_action(action)] = 1.0
        # Rasa lets a running form speak before any prediction that reads the message, unless it is marked like this.
        return self._prediction(chances, is_no_user_prediction=True)


def _level(tracker: DialogueStateTracker) -> Level:
    latest = tracker.latest_message
    if latest is None:
        return Level.GREEN
    parsed = latest.parse_data or {}
    if CRISIS_KEY not in parsed:
        # Nobody listened to this message, as in a test story: then this policy does.
        return highest((assess(latest.text or "").level, third_voice(parsed)))
    return heard_level(parsed)
