"""JSON Schemas of what people write, so that an editor completes and checks it.

    python -m config.schema     writes config/schema/*.json; a test says whether they are current

A file names its schema in its first line: `# yaml-language-server: $schema=../schema/brand.json`.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.briefs import Brief
from config.content import FrontMatter
from config.mail_segments import SegmentFile
from config.mail_sequences import Campaign, Sequence
from config.models import Brand, CheckLibrary, Process

FOLDER = Path(__file__).parent / "schema"

MODELS: dict[str, type[BaseModel]] = {
    "brand.json": Brand,
    "process.json": Process,
    "checks.json": CheckLibrary,
    "brief.json": Brief,
    "content.json": FrontMatter,
    "segments.json": SegmentFile,
    "sequence.json": Sequence,
    "campaign.json": Campaign,
}


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    return {name: _text(model) for name, model in MODELS.items()}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the schema files and return their paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, text in schemas().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _text(model: type[BaseModel]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_plain(model)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _plain(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    kept: dict[str, Any] = _without_titles(schema)
    return {"title": model.__name__, **kept}


def _without_titles(value: Any) -> Any:
    """Drop the titles that only repeat a key: an editor would show them before the description."""
    if isinstance(value, list):
        return [_without_titles(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_titles(inner)
        for key, inner in value.items()
        if not (key == "title" and isinstance(inner, str))
    }


if __name__ == "__main__":
    for written in write():
        print(written)
