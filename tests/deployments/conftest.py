import pytest


@pytest.fixture(autouse=True)
def _server_of_the_tests(request, monkeypatch) -> None:
    """Where a test has an engine, the command line must use that server and start no other."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine")
        from prefect.settings import PREFECT_API_URL

        monkeypatch.setenv("PREFECT_API_URL", str(PREFECT_API_URL.value()))
