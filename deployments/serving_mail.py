"""What does `marketloop mail serve` put together? The receiver, for all brands of the warehouse."""

from datetime import UTC, datetime

import click
from starlette.applications import Starlette

from config.library import examine
from config.settings import settings
from connectors.people_keys import people_keys
from connectors.warehouse import Warehouse
from deployments.mail_receiver import receiver_app, server
from tasks.steps.mailing import KEY_FILE


def serve(host: str, port: int) -> None:
    """Answer until Ctrl-C; a warehouse without tables gets them."""
    with Warehouse.prepare(settings().warehouse_url.get_secret_value()) as warehouse:
        app = receiver(warehouse)
        click.echo(f"Unsubscriptions and clicks are answered at http://{host}:{port}, until Ctrl-C")
        server(app, host, port).run()


def receiver(warehouse: Warehouse) -> Starlette:
    """Return the application. A mistake in a file stops nobody from unsubscribing."""
    library, _ = examine(settings().library_dir, settings().brands_dir)
    names = {name: brand.name for name, brand in library.brands.items()}
    keys = people_keys(settings().state_dir / KEY_FILE)
    return receiver_app(warehouse, keys, names, lambda: datetime.now(UTC))
