"""Whatever is sent to the HTTP interface, it answers as its OpenAPI document says."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.search_ui.api.interface import Interface

EXAMPLES = 20
"""Of each route and mode."""
LEAST_ASKED = {GenerationMode.POSITIVE: 20, GenerationMode.NEGATIVE: 15}
"""So many routes are asked rightly, and wrongly."""

REFUSALS = ["400", "401", "404", "405", "413", "415", "416", "422"]
"""What may be answered to a request that the document does not allow."""

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_any_request_is_answered_as_is_documented(
    interface: Interface, mode: GenerationMode
) -> None:
    token = {"Authorization": f"Bearer {interface.token}"}
    document = schemathesis.openapi.from_url(f"{interface.url}/openapi.json", headers=token)
    document.config.update(headers=token)
    document.config.checks.negative_data_rejection.expected_statuses = REFUSALS
    operations = [operation.ok() for operation in document.get_all_operations()]
    asked = set()
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(mode))
        def send(case: Case) -> None:
            asked.add(case.operation.label)
            case.call_and_validate(headers=token, checks=CHECKS)

        # A route that takes nothing cannot be asked wrongly.
        with suppress(Unsatisfiable):
            send()
    assert len(asked) >= LEAST_ASKED[mode]
