"""The meters, for Prometheus."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST

from fitsense_api.errors import METRICS_PROBLEMS
from fitsense_api.model.guards import requires_operator_if_any
from fitsense_api.operations.metrics import Meters


class MetricsController(Controller):
    """Counts and times; nobody is named in them."""

    path = "/metrics"
    tags = ("health",)
    guards = (requires_operator_if_any,)

    @get(
        operation_id="GetMetrics",
        summary="Every meter",
        media_type="text/plain",
        responses=METRICS_PROBLEMS,
        sync_to_thread=False,
    )
    def show(self, meters: NamedDependency[Meters]) -> Response[bytes]:
        """The meters in the text format of Prometheus."""
        return Response(meters.show(), media_type=CONTENT_TYPE_LATEST)
