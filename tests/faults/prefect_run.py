"""One run of a process on the Prefect server that the environment names, in this process.

    python -m tests.faults.prefect_run < attempt.json

What is to happen to the attempt is left to who started it. Ends with 1 if the run failed.
"""

import json
import os
import sys
from datetime import date

from tests.faults.attempt import FLOWS, say_everything, surroundings
from tests.faults.nursery import attempt_of


def main() -> int:
    """Run, and return the exit status."""
    attempt = attempt_of(json.load(sys.stdin))
    os.chdir(attempt.folder)
    if attempt.debug:
        say_everything()
    with surroundings(attempt):
        day = date.fromisoformat(attempt.as_of)
        state = FLOWS[attempt.process](attempt.brand, day, return_state=True)
    print(state.name, state.message)
    return 0 if state.is_completed() else 1


if __name__ == "__main__":
    sys.exit(main())
