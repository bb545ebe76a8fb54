"""Intent by character n-grams and a logistic regression: small, fast, and unsure when it should be."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import joblib
import numpy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

RANKING_LENGTH = 5
# Four hundred steps take many times as long and read one held-out message in two hundred better.
MOST_STEPS = 60
LATIN_WORD = r"[a-z']+"
_NOT_A_WORD = re.compile(r"[^\w']+")


def plain(text: str) -> str:
    """Return the text as the classifier sees it: one width, lower case, words and single blanks only."""
    return " ".join(_NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower()).split())


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class NgramIntentClassifier(GraphComponent):
    """Learns from the examples in data/nlu; answers with calibrated probabilities."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that config.yml may change."""
        return {"regularisation": 20.0, "seed": 7}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        pipeline: Pipeline | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._pipeline = pipeline

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramIntentClassifier:
        """Create the component for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has words and an intent."""
        pairs = [
            (plain(example.get(TEXT)), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT)
        ]
        self._pipeline = build(self._config["regularisation"], self._config["seed"])
        self._pipeline.fit([text for text, _ in pairs], [intent for _, intent in pairs])
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._pipeline, folder / "classifier.joblib")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramIntentClassifier:
        """Load what was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "classifier.joblib"))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as it is."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            text = plain(str(message.get(TEXT) or ""))
            ranking = self._ranking(text) if text else []
            first = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", first, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _ranking(self, text: str) -> list[dict[str, Any]]:
        if self._pipeline is None or not _knows_a_sign_of(self._pipeline, text):
            return []
        chances = self._pipeline.predict_proba([text])[0]
        best = numpy.argsort(chances)[::-1][:RANKING_LENGTH]
        names = self._pipeline.classes_
        return [{"name": str(names[index]), "confidence": float(chances[index])} for index in best]


def _knows_a_sign_of(pipeline: Pipeline, text: str) -> bool:
    # Of wholly strange signs only the blanks around them are known, and those alone look like a short "yes".
    known = pipeline["features"].transformer_list[0][1].vocabulary_
    return any(sign in known for sign in text if not sign.isspace())


def build(regularisation: float, seed: int) -> Pipeline:
    """Return the untrained pipeline: character n-grams for Chinese and typos, words for English."""
    features = FeatureUnion(
        [
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 2), sublinear_tf=True)),
            ("words", TfidfVectorizer(token_pattern=LATIN_WORD, ngram_range=(1, 2), sublinear_tf=True)),
        ]
    )
    return Pipeline(
        [
            ("features", features),
            ("classifier", LogisticRegression(C=regularisation, max_iter=MOST_STEPS, random_state=seed)),
        ]
    )
