"""Logs are JSON lines without secrets, and never hold anybody up."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import structlog

from parrot.adapters.telemetry import Logs, Redaction, set_up
from parrot.adapters.telemetry import logs as logs_module
from parrot.kernel.errors import StorageError

TOKEN = "c0ffee-token-of-the-run"


@pytest.fixture
def start() -> Iterator[Callable[..., Logs]]:
    """Sets logging up as often as a test asks, and leaves the process as it was."""
    level, opened = logging.getLogger().level, []

    def begin(*arguments, **options) -> Logs:
        logs = set_up(*arguments, **{"screen": None, **options})
        opened.append(logs)
        return logs

    yield begin
    for logs in opened:
        logs.close()
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "parrot.jsonl").read_text("utf-8").splitlines()]


def test_a_line_is_json_with_time_level_and_fields(tmp_path, start) -> None:
    logs = start(tmp_path)
    structlog.get_logger("parrot.desk").info("order refused", order_id=7, limit=Decimal("1.50"))
    logs.close()
    (line,) = lines(tmp_path)
    assert (line["event"], line["level"], line["logger"]) == ("order refused", "info", "parrot.desk")
    assert (line["order_id"], line["limit"]) == (7, "1.50")
    assert line["ts"].endswith("Z")


def test_lines_of_libraries_come_the_same_way(tmp_path, start) -> None:
    logs = start(tmp_path)
    logging.getLogger("uvicorn.error").warning("port %d of %s", 8000, "host")
    logs.close()
    (line,) = lines(tmp_path)
    assert (line["event"], line["logger"], line["level"]) == ("port 8000 of host", "uvicorn.error", "warning")


def test_an_exception_is_one_line_with_its_traceback(tmp_path, start) -> None:
    logs = start(tmp_path)
    try:
        raise ValueError(f"bad token={TOKEN}")
    except ValueError:
        structlog.get_logger().exception("it failed")
    logs.close()
    (line,) = lines(tmp_path)
    assert "Traceback" in line["exception"]
    assert TOKEN not in json.dumps(line)


def test_people_read_text_and_collectors_json(start) -> None:
    people, collector = io.StringIO(), io.StringIO()
    logs = start(screen=people)
    structlog.get_logger().info("ready", strategies=2)
    logs.close()
    logs = start(screen=collector, as_json=True)
    structlog.get_logger().info("ready", strategies=2)
    logs.close()
    assert "ready" in people.getvalue()
    assert "strategies=2" in people.getvalue()
    assert json.loads(collector.getvalue())["strategies"] == 2


def test_files_turn_over_and_all_end_in_jsonl(tmp_path, start, monkeypatch) -> None:
    monkeypatch.setattr(logs_module, "_FILE_BYTES", 2_000)
    logs = start(tmp_path)
    for number in range(200):
        structlog.get_logger().info("line", number=number)
    logs.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(["parrot.jsonl", *(f"parrot.{n}.jsonl" for n in range(1, 9))])
    assert lines(tmp_path)[-1]["number"] == 199


def test_when_nobody_writes_lines_are_dropped_and_counted(tmp_path, start, monkeypatch) -> None:
    monkeypatch.setattr(logs_module, "_LINES_WAITING_MOST", 3)
    logs = start(tmp_path)
    logs._listener.stop()
    for _ in range(5):
        structlog.get_logger().info("line")
    assert (logs.dropped, logs.waiting) == (2, 3)
    logs._listener.start()


def test_a_folder_that_cannot_be_written_is_named(tmp_path, start) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        start(tmp_path / "file")


@pytest.mark.parametrize(
    "event",
    [
        {"token": TOKEN},
        {"api_key": TOKEN},
        {"X-Parrot-Token": TOKEN},
        {"headers": {"Authorization": TOKEN}},
        {"body": [{"password": TOKEN}]},
        {"event": f"GET /status Authorization: Bearer {TOKEN}"},
        {"event": f"token={TOKEN}&x=1"},
        {"event": f'{{"secret": "{TOKEN}"}}'},
        {"url": f"postgresql://parrot:{TOKEN}@db/parrot"},
        {"url": f"postgresql://parrot:12345/{TOKEN}@db/parrot"},
        {"deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": TOKEN}}}}}}}}}},
    ],
)
def test_what_is_called_a_secret_is_hidden(event) -> None:
    assert TOKEN not in str(Redaction()(None, "info", event))


def test_a_known_secret_is_hidden_wherever_it_stands() -> None:
    redaction = Redaction()
    redaction.hide(TOKEN, "abc")
    told = redaction(None, "info", {"event": f"saw {TOKEN}x", "rows": [(TOKEN,)], "word": "abcd", "count": 3})
    assert told == {"event": "saw ***x", "rows": [["***"]], "word": "abcd", "count": 3}


def test_a_port_is_no_secret() -> None:
    event = {"event": "GET http://127.0.0.1:9000: refused, then https://a.example:8443/x (ws://localhost:9)"}
    assert Redaction()(None, "info", event) == event
    assert Redaction()(None, "info", {"url": "redis://me:12345@db"}) == {"url": "redis://me:***@db"}


def test_what_only_sounds_like_a_secret_is_shown() -> None:
    event = {"tokens_left": 5, "event": "the key of the order is 7", "keyboard": "qwerty", "symbol": "BTC/USDT"}
    assert Redaction()(None, "info", event) == event
