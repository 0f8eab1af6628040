"""Files and data are named by ids; nothing outside their folders can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from parrot.app.jobs.catalogue import Catalogue
from parrot.app.jobs.datasets import Datasets
from parrot.contracts.jobs import StrategyFacts
from parrot.kernel.errors import MissingError, StrategyError

BARS = "time,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,2,1,2,5\n2024-01-01T01:00:00Z,2,3,2,3,5\n"


class Looks:
    """Counts how often a text is looked at."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, path: str, source: str) -> list[StrategyFacts]:
        self.count += 1
        if "broken" in source:
            raise StrategyError("it is broken", fix="mend it")
        return [StrategyFacts(name="Mine", doc="", parameters=[])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.py").write_text("class Mine: ...")
    (own / ".hidden.py").write_text("")
    (own / "notes.txt").write_text("")
    (tmp_path / "secret.py").write_text("")
    return own


def test_only_strategy_files_of_the_folder_have_ids(folder: Path) -> None:
    assert Catalogue({"own": folder}, Looks()).ids() == ["own/mine.py"]


@pytest.mark.parametrize(
    "given", ["own/../secret.py", "own/.hidden.py", "own/notes.txt", "other/mine.py", "/etc/passwd"]
)
def test_an_id_that_is_none_leads_nowhere(folder: Path, given: str) -> None:
    with pytest.raises(MissingError):
        Catalogue({"own": folder}, Looks()).place(given)


def test_a_text_is_looked_at_once_and_again_when_it_has_changed(folder: Path) -> None:
    looks = Looks()
    catalogue = Catalogue({"own": folder}, looks)
    assert catalogue.file("own/mine.py").strategies[0].name == catalogue.file("own/mine.py").strategies[0].name
    assert looks.count == 1
    (folder / "mine.py").write_text("broken")
    assert catalogue.file("own/mine.py").problem["fix"] == "mend it"
    assert looks.count == 2


def test_a_path_of_a_record_leads_back_to_its_id(folder: Path) -> None:
    catalogue = Catalogue({"own": folder}, Looks())
    assert catalogue.id_of(f"{folder / 'mine.py'}:Mine") == "own/mine.py"
    assert catalogue.id_of("/somewhere/else.py") == ""


def test_data_are_read_by_their_names_and_by_no_path(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "abc.csv").write_text(BARS)
    (tmp_path / "out.csv").write_text(BARS)
    data = Datasets(tmp_path / "lake", tmp_path / "recorded", files)
    assert "file:abc.csv" in {one.source for one in data.all()}
    assert len(data.read("file:abc.csv")) == 2
    for source in ("file:../out.csv", f"file:{tmp_path / 'out.csv'}", "lake:x/y/ohlcv_1h", "demo:NONE", "abc.csv"):
        with pytest.raises(MissingError):
            data.read(source)
