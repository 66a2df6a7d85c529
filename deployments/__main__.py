"""`python -m deployments` is `marketloop`, where no script is installed."""

from deployments.cli import main

main()
