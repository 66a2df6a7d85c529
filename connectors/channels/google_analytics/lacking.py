"""What do the figures of a pull lack? What Google says of its reports while they are read."""

from collections.abc import Mapping
from typing import Any

from connectors.exchange import word
from connectors.sites import Quality

TRUNCATED = "DATA_TRUNCATION_TYPE_"


class Lacking:
    """What was said since the pull began."""

    def __init__(self) -> None:
        self._thresholded = False
        self._bucketed = False
        self._read = 0
        self._events = 0
        self._truncated: dict[str, None] = {}
        self._hidden: dict[str, None] = {}

    def bucketed(self) -> None:
        """Note a row that stands for many."""
        self._bucketed = True

    def note(self, metadata: Mapping[str, Any], names: Mapping[str, str]) -> None:
        """Take in what a report says of itself. `names`: Google's names of metrics to ours."""
        self._thresholded |= bool(metadata.get("subjectToThresholding"))
        self._bucketed |= bool(metadata.get("dataLossFromOtherRow"))
        for sampling in metadata.get("samplingMetadatas", ()):
            self._read += int(sampling.get("samplesReadCount", 0))
            self._events += int(sampling.get("samplingSpaceSize", 0))
        for reason in metadata.get("dataTruncationReasons", ()):
            self._truncated[_truncation(reason)] = None
        if empty := metadata.get("emptyReason"):
            self._truncated[f"no rows: {word(empty)}"] = None
        for name in hidden(metadata):
            self._hidden[names.get(name, name)] = None

    def quality(self) -> Quality:
        """Return it in the words of every connector."""
        return Quality(
            thresholded=self._thresholded,
            bucketed=self._bucketed,
            sampled=self._read / self._events if self._events else None,
            truncated=tuple(self._truncated),
            hidden=tuple(self._hidden),
        )


def hidden(metadata: Mapping[str, Any]) -> list[str]:
    """Return the metrics that the credential's role may not see, by Google's names."""
    restrictions = metadata.get("schemaRestrictionResponse", {})
    found = restrictions.get("activeMetricRestrictions", ())
    return [str(restriction["metricName"]) for restriction in found]


def _truncation(reason: Mapping[str, Any]) -> str:
    """Return why and where a report was cut, in words."""
    kind = word(reason.get("dataTruncationType", "")).removeprefix(TRUNCATED)
    said = kind.lower().replace("_", " ") or "cut for a reason that Google does not name"
    day = word(reason.get("dataTruncationDate", ""))
    return f"nothing before {day} ({said})" if day else f"cut: {said}"
