"""What do pages say? Sentences and paragraphs, made up from a seed."""

from functools import lru_cache

from connectors.sandbox import draws

PARAGRAPHS = 96
SENTENCES = 5

_OPENINGS = (
    "Most people find out by trying that", "After a season of daily use we can say that",
    "Our team looked closely and agrees that", "It is often forgotten that",
    "Anyone who has waited too long knows that", "Experience over many years shows that",
    "When you compare two of them side by side,", "Before you decide, remember that",
)  # fmt: skip
_SUBJECTS = (
    "a good fit", "careful preparation", "the right material", "a short conversation",
    "regular care", "an honest answer", "a second look", "the quality of the work",
    "a clear plan", "some patience",
)  # fmt: skip
_VERBS = (
    "saves more time than", "matters at least as much as", "is worth twice the price of",
    "lasts longer than", "tells you more than", "does more for comfort than",
    "is easier to keep up than", "prevents more trouble than",
)  # fmt: skip
_OBJECTS = (
    "any discount in the window", "the newest thing on the market", "a long list of features",
    "what the label promises", "a repair in the middle of winter", "the loudest advice online",
    "everything you read in a hurry", "a purchase made at the last minute",
)  # fmt: skip
_CLOSINGS = (
    "and it costs nothing to ask", "even if it takes a little longer", "in every kind of weather",
    "whatever your budget may be", "as you will notice after a week", "year after year",
)  # fmt: skip
_GERMAN = (
    "Gute Beratung spart am Ende mehr Zeit als jeder Rabatt im Schaufenster.",
    "Wer in Ruhe vergleicht, findet meist schneller das Richtige.",
    "Wir nehmen uns Zeit und beantworten jede Frage so genau, wie wir es können.",
    "Das passende Material hält länger als jedes Versprechen auf dem Etikett.",
    "Bei Fragen erreichen Sie uns an jedem Werktag und auch am Samstag.",
    "Viele unserer Kunden kommen seit Jahren und bringen ihre Freunde mit.",
)


@lru_cache(maxsize=8)
def paragraphs(seed: int, language: str = "en") -> tuple[str, ...]:
    """Return paragraphs of 60 to 110 words, no two alike. `language` is en or de."""
    return tuple(_paragraph(seed, language, number) for number in range(PARAGRAPHS))


@lru_cache(maxsize=50_000)
def chosen(seed: int, path: str, count: int) -> tuple[int, ...]:
    """Return which paragraphs a page has: different ones, in an order of its own."""
    drawn = int(draws.key(seed, "text", path))
    step = 1 + 2 * (drawn % (PARAGRAPHS // 6)) * 3  # odd; with 96 = 2^5 * 3 never a multiple of 3
    return tuple((drawn // PARAGRAPHS + i * step) % PARAGRAPHS for i in range(count))


def _paragraph(seed: int, language: str, number: int) -> str:
    drawn = int(draws.key(seed, "paragraph", language, str(number)))
    if language == "de":
        parts = [_GERMAN[(drawn >> 6 * i) % len(_GERMAN)] for i in range(SENTENCES + 1)]
        return " ".join((f"Abschnitt {number + 1}.", *parts))
    return " ".join(_sentence(drawn >> 11 * i) for i in range(SENTENCES))


def _sentence(drawn: int) -> str:
    words = []
    for choices in (_OPENINGS, _SUBJECTS, _VERBS, _OBJECTS, _CLOSINGS):
        words.append(choices[drawn % len(choices)])
        drawn //= len(choices)
    return f"{' '.join(words)}."
