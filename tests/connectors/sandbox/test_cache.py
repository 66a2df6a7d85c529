"""What was made last is kept, within bounds."""

from connectors.sandbox.cache import Cache


def test_the_longest_unused_goes_first():
    made = []

    def make(name):
        made.append(name)
        return name * 4

    cache = Cache(10, len)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert cache.get(name, lambda name=name: make(name)) == name * 4
    assert made == ["a", "b", "c", "b"]


def test_one_value_is_kept_even_if_it_is_too_big():
    cache = Cache(1, len)
    assert cache.get("a", lambda: "long") == "long"
    assert cache.get("a", lambda: "made again") == "long"
