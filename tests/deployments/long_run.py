"""The real forms, served beside a flow that runs for very long; one run in turn at a time.

python -m tests.deployments.long_run
"""

import time
from datetime import timedelta

from prefect import flow
from prefect.types.entrypoint import EntrypointType

AN_HOUR = 3600


@flow
def long_run() -> None:
    """Run until somebody ends it."""
    time.sleep(AN_HOUR)


def main() -> None:
    """Serve until somebody ends it."""
    from deployments.schedule import forms
    from deployments.serving import Served, serve_apart
    from tests.deployments.long_run import long_run as itself  # a run imports it by this name

    made = itself.to_deployment(
        "test", interval=timedelta(days=99), entrypoint_type=EntrypointType.MODULE_PATH
    )
    serve_apart(Served([made], forms()), limit=1)


if __name__ == "__main__":
    main()
