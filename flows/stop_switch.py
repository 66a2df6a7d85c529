"""Turn the stop switch: no process changes anything on any platform while it is on."""

from prefect import flow

from tasks.steps.switch import turn


@flow(flow_run_name="stop switch {brand}: on={stopped}")
def stop_switch(stopped: bool, who: str, why: str, brand: str = "", process: str = "") -> str:
    """Stop all changes at once, or allow them again. Reading and checking go on.

    Args:
        stopped: On stops, off allows changes again.
        who: Your name. It stays in the ledger.
        why: Your reason. It stays in the ledger.
        brand: Only this brand; empty means all.
        process: Only this process, `posts` (all social networks) or `mail`; empty means all.
    """
    return turn(stopped, who, why, brand, process)
