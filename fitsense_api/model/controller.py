"""What is served: the student, its data, and the words and rules it was taught."""

from litestar import Controller, get
from litestar.di import NamedDependency
from pydantic import ConfigDict, Field

from fitsense_api.plans.desk import PlanDesk
from fitsense_api.provenance import Versions, versions_of
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.planner import PlannerKind


class ModelCard(Versions):
    """The served student; everything of it is None where the coach answers alone."""

    model_config = ConfigDict(frozen=True)

    planner: PlannerKind
    base: str | None
    bundle_sha256: str | None
    taught_rules_version: str | None = Field(description="Rules its teacher's answers passed.")
    taught_catalogue_version: str | None


class ModelController(Controller):
    """The model behind the plans."""

    path = "/v1/model"
    tags = ("model",)

    @get(operation_id="GetModel", summary="What is served", sync_to_thread=False)
    def served(
        self, keeper: NamedDependency[StudentKeeper], desk: NamedDependency[PlanDesk]
    ) -> ModelCard:
        """The version every answer of this moment names."""
        is_embedded = desk.planner.kind is PlannerKind.STUDENT
        manifest = keeper.served.manifest if keeper.served and is_embedded else None
        return ModelCard(
            **dict(versions_of(desk.planner.origin)),
            planner=desk.planner.kind,
            base=manifest.base if manifest else None,
            bundle_sha256=manifest.bundle_sha256 if manifest else None,
            taught_rules_version=manifest.rules_version if manifest else None,
            taught_catalogue_version=manifest.catalogue_version if manifest else None,
        )
