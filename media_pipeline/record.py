"""What earlier runs made in a folder, by content address: asked for again, it is not decoded again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from media_pipeline.types import Kind, Normalised, Rendition, SourceFacts
from media_pipeline.workspace import sha256_of

# counted up when the same input would come out differently
PIPELINE_VERSION = 2
_NAME = ".renditions.json"


def address(**spec: Any) -> str:
    """The hash of everything that a result depends on."""
    whole = json.dumps({**spec, "pipeline": PIPELINE_VERSION}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


class Record:
    """The results that lie in one folder, one for each format; what was changed or taken away since is no result any more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _NAME
        self._results: dict[str, dict[str, Any]] = json.loads(self._path.read_bytes()) if self._path.is_file() else {}

    def find(self, addresses: Mapping[str, str]) -> Normalised | None:
        """The result for formats of these addresses, if all of it still lies here as it was made."""
        told = [self._results.get(each) for each in addresses.values()]
        found = [_read(one) for one in told if one is not None and self._is_whole(one)]
        if not found or len(found) < len(addresses):
            return None
        mains = dict.fromkeys(one for each in found for one in each.renditions if one.role == "main")
        others = [one for one in found[0].renditions if one.role != "main"]
        return replace(found[0], renditions=(*mains, *others))

    def kind_of(self, source_sha256: str) -> Kind | None:
        """What this source turned out to be, where anything made of it still lies here."""
        return next((Kind(told["kind"]) for told in self._results.values() if told["of"] == source_sha256), None)

    def keep(self, source_sha256: str, addresses: Mapping[str, str], made: Normalised) -> None:
        """Write down what was made; results whose files have been replaced since are forgotten."""
        kept = {key: told for key, told in self._results.items() if self._is_whole(told)}
        for name, key in addresses.items():
            own = tuple(one for one in made.renditions if one.role != "main" or one.format == name)
            kept[key] = {**asdict(replace(made, renditions=own)), "of": source_sha256}
        beside = self._path.with_suffix(".part")
        beside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        beside.replace(self._path)

    def _is_whole(self, told: dict[str, Any]) -> bool:
        files = [(self._folder / one["path"], one["sha256"]) for one in told["renditions"]]
        return all(path.is_file() and sha256_of(path) == sha256 for path, sha256 in files)


def _read(told: dict[str, Any]) -> Normalised:
    source = SourceFacts(**{**told["source"], "kind": Kind(told["source"]["kind"])})
    renditions = tuple(Rendition(**one) for one in told["renditions"])
    speech_s = tuple((begin_s, end_s) for begin_s, end_s in told["speech_s"])
    return Normalised(Kind(told["kind"]), source, told["trimmed"], told["lost_s"], renditions, speech_s)
