"""A run is kept, told, reported, and gives the same again, or what changed is said."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.end_to_end.command import CROSS, answer, parrot, told


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "cross.py").write_text(CROSS)
    write_bars(folder / "bars.csv", 300)
    return folder


def write_bars(path: Path, rows: int, bump: float = 0.0) -> None:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["ts", "open", "high", "low", "close", "volume"])
        for row in range(rows):
            price = 100 + (row * 7) % 23 + (bump if row == rows // 2 else 0)
            out.writerow([1_700_000_000_000 + row * 3_600_000, price, price + 2, price - 2, price + 1, 10])


def test_a_run_is_kept_and_gives_the_same_hash_again(place: Path) -> None:
    made = answer(parrot("backtest", "cross.py", "--data", "X=bars.csv", "--set", "n=15", "--json", cwd=place))
    assert made["status"] == "finished"
    assert made["parameters"] == {"n": 15}
    assert made["data"]["X"]["rows"] == 300
    listed = answer(parrot("runs", "ls", "--json", cwd=place))
    assert [row["run_id"] for row in listed] == [made["run_id"]]
    shown = answer(parrot("runs", "show", made["run_id"], "--json", cwd=place))
    assert shown == {name: value for name, value in made.items() if name != "report"}
    assert shown["made_ns"] > 0
    again = answer(parrot("runs", "rerun", "last", "--json", cwd=place))
    assert again["same"] is True
    assert again["changes"] == []
    assert again["after"] == made["hash"]


def test_changed_data_and_changed_code_are_told(place: Path) -> None:
    made = told("backtest", "cross.py", "--data", "X=bars.csv", cwd=place)
    write_bars(place / "bars.csv", 300, bump=5)
    again = told("runs", "rerun", made["run_id"], cwd=place, code=1)
    assert [change["what"] for change in again["changes"]] == ["data of X"]
    write_bars(place / "bars.csv", 300)
    (place / "cross.py").write_text(CROSS.replace("0.9", "0.8"))
    again = told("runs", "rerun", made["run_id"], cwd=place, code=1)
    assert [change["what"] for change in again["changes"]] == ["code"]
    assert "with the kept copy of it the hash is the same" in again["verdict"]
    again = told("runs", "rerun", made["run_id"], "--saved-code", cwd=place)
    assert again["same"] is True
    (place / "cross.py").write_text(CROSS)


def test_rows_added_after_the_run_do_not_change_it(place: Path) -> None:
    made = told("backtest", "cross.py", "--data", "X=bars.csv", cwd=place)
    write_bars(place / "bars.csv", 301)
    with (place / "bars.csv").open() as file:
        assert len(file.readlines()) == 302
    rows = (place / "bars.csv").read_text().splitlines()
    write_bars(place / "bars.csv", 300)
    (place / "bars.csv").write_text((place / "bars.csv").read_text() + rows[-1] + "\n")
    again = told("runs", "rerun", made["run_id"], cwd=place)
    assert again["same"] is True
    write_bars(place / "bars.csv", 300)


def test_runs_are_compared_figure_by_figure(place: Path) -> None:
    first = told("backtest", "cross.py", "--data", "X=bars.csv", "--set", "n=10", cwd=place)
    second = told("backtest", "cross.py", "--data", "X=bars.csv", "--set", "n=40", cwd=place)
    compared = told("runs", "compare", first["run_id"], second["run_id"], cwd=place)
    assert [change["what"] for change in compared["changes"]] == ["parameter n"]
    equity = next(row for row in compared["figures"] if row["name"] == "final_equity")
    assert equity["difference"] == pytest.approx(second["stats"]["final_equity"] - first["stats"]["final_equity"])


def test_the_report_of_a_kept_run_holds_its_candles(place: Path) -> None:
    made = told("backtest", "cross.py", "--data", "X=bars.csv", cwd=place)
    written = told("runs", "report", made["run_id"], "kept.html", cwd=place)
    assert written["notes"] == []
    page = (place / "kept.html").read_text("utf-8")
    assert made["run_id"] in page
    assert f"parrot runs rerun {made['run_id']}" in page


def test_a_failed_run_is_kept_with_its_place(place: Path) -> None:
    (place / "broken.py").write_text(CROSS.replace("self.target(", "bar.close / 0 and self.target("))
    made = told("backtest", "broken.py", "--data", "X=bars.csv", cwd=place, code=4)
    assert made["status"] == "failed"
    assert made["error"]["code"] == "strategy_failed"
    assert "ZeroDivisionError" in made["error"]["problem"]
    assert f"{place / 'broken.py'}:13" in made["error"]["problem"]
    kept = told("runs", "show", made["run_id"], cwd=place)
    assert kept["status"] == "failed"
    assert "broken.py:13" in kept["failure"]
    again = told("runs", "rerun", made["run_id"], cwd=place)
    assert again["same"] is True


def test_a_run_that_does_not_exist_is_said_so(place: Path) -> None:
    refused = told("runs", "show", "19990101-000000", cwd=place, code=5)
    assert refused["error"]["code"] == "not_found"


def test_parrot_runs_gives_the_same_runs_as_a_frame(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import parrot as package

    monkeypatch.setenv("PARROT_HOME", str(place / "var"))
    listed = told("runs", "ls", "--limit", "1000", cwd=place)
    frame = package.runs()
    assert frame["run_id"].to_list() == [row["run_id"] for row in listed]
    assert frame["ts"].is_sorted(descending=True)
    assert json.loads(frame["parameters"][0]).keys() == {"n"}
