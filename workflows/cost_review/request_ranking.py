"""How somebody asks for another order: a preset by its name, or weights of their own."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from workflows.savings.ranking import PRESETS, Weights

Preset = Literal["biggest", "quick_wins", "safest"]
DEFAULT_PRESET: Preset = "biggest"
Weight = Annotated[float, Field(ge=0, le=1000, strict=True, allow_inf_nan=False)]


class WeightsAsked(BaseModel):
    """How much each factor matters beside the others; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    money: Weight = 0
    effort: Weight = 0
    risk: Weight = 0
    restart: Weight = 0
    rollback: Weight = 0
    confidence: Weight = 0

    @model_validator(mode="after")
    def _something_matters(self) -> "WeightsAsked":
        if not any(self.model_dump().values()):
            raise PydanticCustomError("no_weight", "at least one weight must be above 0")
        return self


class Ranking(BaseModel):
    """The order asked for; the biggest savings first where nothing is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: Preset | None = None
    weights: WeightsAsked | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Ranking":
        if self.preset is not None and self.weights is not None:
            raise PydanticCustomError("two_rankings", "name a preset or weights, not both")
        return self

    @property
    def name(self) -> str:
        """The preset's name, or "weights" where they are somebody's own."""
        return "weights" if self.weights is not None else self.preset or DEFAULT_PRESET

    @property
    def settled(self) -> Weights:
        return PRESETS[self.name] if self.weights is None else Weights(**self.weights.model_dump())
