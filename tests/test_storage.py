"""Stored files: what is opened is closed, also where nobody reads it."""

import gc
import warnings
from pathlib import Path

import pytest

from app.storage import LocalStorage


def test_a_file_that_is_asked_for_and_not_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    storage = LocalStorage(tmp_path)
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        storage.open_range("a")
        gc.collect()
    assert left_open == []


def test_a_part_is_read_and_a_missing_file_is_known_before_the_first_byte(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    storage = LocalStorage(tmp_path)
    assert b"".join(storage.open_range("a", 2, 3)) == b"234"
    assert list(storage.open_range("a")) == [b"0123456789"]
    with pytest.raises(FileNotFoundError):
        storage.open_range("b")
