"""A toolkit frozen as it is: its folder and what all toolkits share as one ZIP in the storage, unpacked where it is drawn from.

The storage holds it, not a folder beside the service: every machine that draws kits reaches the storage, and none shares a disk.
"""

import hashlib
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp

from sqlalchemy.orm import Session

from app import derivation
from app.derivation import Made
from app.enums import ArtefactKind
from app.kits.archive import Entry, write_archive
from app.models import Artefact
from app.storage import Storage
from app.variants import BASE, move_into_place, note_use


def frozen_files(slug: str, root: Path) -> dict[str, Path]:
    """Every file that a toolkit is drawn from, by its path below the root; what editors leave behind is none of them."""
    found = (path for folder in (BASE, slug) for path in sorted((root / folder).rglob("*")))
    names = {path.relative_to(root).as_posix(): path for path in found if path.is_file()}
    return {name: path for name, path in names.items() if not any(part.startswith((".", "_")) for part in name.split("/"))}


def files_sha256(slug: str, root: Path) -> str:
    """The hash of all paths and contents: equal for equal toolkits, wherever and whenever it is asked."""
    lines = [f"{derivation.file_sha256(path)}  {name}\n" for name, path in sorted(frozen_files(slug, root).items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def keep_snapshot(
    session: Session, storage: Storage, slug: str, *, root: Path, folder: Path, now: datetime
) -> tuple[Artefact, str]:
    """Freeze a toolkit; the stored file, and the hash of what is in it. Frozen twice without a change it is one file."""
    sha256 = files_sha256(slug, root)
    entries = [Entry(name, [path.read_bytes()]) for name, path in sorted(frozen_files(slug, root).items())]
    with write_archive(entries, folder=folder) as packed, NamedTemporaryFile(dir=folder, suffix=".zip", delete=False) as file:
        shutil.copyfileobj(packed, file)
    made = Made(Path(file.name), ArtefactKind.TOOLKIT, "application/zip", spec={"toolkit": slug, "files": sha256})
    try:
        return derivation.keep(session, storage, made, now=now), sha256
    finally:
        made.path.unlink(missing_ok=True)


def unpacked(storage: Storage, key: str, sha256: str, *, folder: Path) -> Path:
    """The folder that holds a frozen toolkit, as a root to load it from; it is unpacked once on each machine."""
    target = folder / sha256
    if note_use(target):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(dir=folder, prefix="."))
    try:
        packed, beside = storage.fetched(key, work), work / "files"
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(beside)
        move_into_place(beside, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target
