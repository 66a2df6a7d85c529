"""Can a test of two wordings be decided as its post declares it, and do posts of one test agree?"""

from collections.abc import Iterable, Iterator, Sequence

from config.content import Content, TextTest
from config.networks import NETWORKS, UNTOLD, Network
from config.problems import Problem, quoted
from config.reading import Read
from config.yaml_source import Source


def text_test_problems(source: Source, content: Content) -> Iterator[Problem]:
    """Yield what is wrong with the test of a post, if it has one."""
    if (test := content.front.test) is None:
        return
    tested = [it for it in dict.fromkeys(content.front.networks) if content.arms(it) != ("",)]
    if content.text:
        message = "is published nowhere: the test's arms are the texts"
        yield source.problem(("text",), message, "remove it, or make it one of the arms")
    if not tested:
        message = "no network takes part: each has a text of its own"
        yield source.problem(("test",), message, "remove one from `texts`, or the test")
    if len({" ".join(text.split()) for text in test.arms.values()}) == 1:
        message = "both arms say the same"
        yield source.problem(("test", "arms"), message, "write the second in other words")
    if silent := [network for network in tested if test.figure in UNTOLD[network]]:
        message = (
            f"{' and '.join(silent)} {'tells' if len(silent) == 1 else 'tell'} no {test.figure}"
        )
        remedy = f"{_instead(tested)}, or give {' and '.join(silent)} a text under `texts`"
        yield source.problem(("test", "figure"), message, remedy)
    elif test.figure == "clicks" and content.front.link is None:
        message = "compares clicks, and the post has no link"
        yield source.note(("test", "figure"), message, "clicks on names and pictures count too")


def shared_test_problems(posts: Iterable[Read[Content]]) -> Iterator[Problem]:
    """Yield posts whose test has the name of another post's and is declared otherwise.

    The first post by name says what is right.
    """
    first: dict[str, tuple[str, TextTest]] = {}
    for post in posts:
        test, name = post.model.front.test, post.model.test_name
        if test is None:
            continue
        other, same = first.setdefault(name, (post.model.name, test))
        if differing := [key for key in _RULES if _rule(test, key) != _rule(same, key)]:
            message = f"the test {quoted(name)} is declared otherwise in {other}"
            remedy = f"make {' and '.join(differing)} the same, or give it another `name`"
            yield post.source.problem(("test",), message, remedy)


_RULES = ("arms", "figure", "posts_per_arm", "until")


def _rule(test: TextTest, key: str) -> object:
    return tuple(test.arms) if key == "arms" else getattr(test, key)


def _instead(networks: Sequence[Network]) -> str:
    untold = frozenset[str]().union(*(UNTOLD[network] for network in networks or NETWORKS))
    told = [it for it in ("clicks", "reactions", "comments", "shares") if it not in untold]
    return f"compare by {' or '.join(told)}"
