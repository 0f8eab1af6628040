"""read_bars on files: every format, the usual oddities of each, and broken ones that must say what is wrong."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.adapters.importers import read_bars
from parrot.adapters.importers.files import symbol_of
from parrot.engine.columns import DAY, HOUR, MINUTE
from parrot.kernel.errors import DataError, ParrotError

START = 1_577_836_800_000_000_000  # 2020-01-01
YAHOO = """Date,Open,High,Low,Close,Adj Close,Volume
2020-01-01,10,12,9,11,10.5,100
2020-01-02,11,13,10,12,11.5,200
2020-01-03,12,14,11,13,12.5,300
"""
KLINES = """1577836800000,10.01,12.5,9.75,11.25,51.64,1577836859999,371233.5,493,19.5,140798.9,0
1577836860000,11.25,13.5,10.75,12.25,7.24,1577836919999,52080.1,135,2.0,14890.4,0
"""
KLINE_NAMES = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,x\n"
)


@pytest.fixture
def write(tmp_path):
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def zipped(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
    return packed.getvalue()


def frame() -> pl.DataFrame:
    ts = START + HOUR * np.arange(3)
    return pl.DataFrame(
        {"ts": ts, "open": [1.0] * 3, "high": [2.0] * 3, "low": [0.5] * 3, "close": [1.5] * 3, "volume": [7.0] * 3}
    )


def save_columns(path: Path) -> None:
    made = frame()
    np.savez(
        path,
        ts=made["ts"],
        open=made["open"],
        high=made["high"],
        low=made["low"],
        close=made["close"],
        volume=made["volume"],
    )


def test_every_column_format_gives_the_same_bars(tmp_path):
    made = frame()
    made.write_parquet(tmp_path / "a.parquet")
    made.write_ipc(tmp_path / "a.feather", compression="lz4")
    made.write_ipc(tmp_path / "a.arrow")
    made.write_ipc_stream(tmp_path / "stream.arrow")
    made.write_csv(tmp_path / "a.csv")
    made.write_csv(tmp_path / "a.tsv", separator="\t")
    save_columns(tmp_path / "a.npz")
    np.save(tmp_path / "a.npy", made.to_numpy(structured=True))
    (tmp_path / "columns.json").write_text(json.dumps(made.to_dict(as_series=False)))
    (tmp_path / "objects.json").write_text(json.dumps(made.to_dicts()))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    files = sorted(tmp_path.iterdir())
    assert len(files) == 11
    for path in files:
        read = read_bars(path)
        assert read.content_hash() == read_bars(made).content_hash(), path.name
        assert read.source == str(path)
        assert read_bars(str(path)).content_hash() == read.content_hash()


def test_only_the_columns_that_are_wanted_must_make_sense(tmp_path):
    frame().with_columns(strange=pl.Series([[1], [2], [3]])).write_parquet(tmp_path / "a.parquet")
    assert len(read_bars(tmp_path / "a.parquet")) == 3


# Delimited text


def test_yahoo_style_daily_prices(write):
    made = read_bars(write("AAPL.csv", YAHOO))
    assert made.ts.tolist() == [START, START + DAY, START + 2 * DAY]
    assert made.close.tolist() == [11.0, 12.0, 13.0]
    assert (made.timeframe, made.symbol, made.notes) == (DAY, "", ())


def test_a_download_with_three_header_lines(write):
    names = "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n"
    text = names + "2020-01-01,11,12,9,10,1\n2020-01-02,11,12,9,10,1\n"
    made = read_bars(write("a.csv", text))
    assert (made.open.tolist(), made.close.tolist()) == ([10.0, 10.0], [11.0, 11.0])


def test_stooq_style_prices_with_date_and_time_in_local_time(write):
    text = """<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
AAPL.US,5,20200102,153000,10,12,9,11,10,0
AAPL.US,5,20200102,153500,10,12,9,11,10,0
"""
    made = read_bars(write("aapl.us.txt", text), timezone="Europe/Warsaw")
    assert (made.symbol, made.timeframe) == ("AAPL.US", 5 * MINUTE)
    assert made.ts[0] == START + DAY + 14 * HOUR + 30 * MINUTE


def test_prices_separated_by_tabs_with_dots_in_the_date(write):
    names = "<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>\n"
    text = names + "2020.01.01,00:00:00,1,2,0.5,1.5,7\n2020.01.01,00:15:00,1,2,0.5,1.5,7\n"
    text = text.replace(",", "\t")
    made = read_bars(write("eurusd.csv", text))
    assert (made.timeframe, made.volume.tolist()) == (15 * MINUTE, [7.0, 7.0])


def test_a_title_line_comments_and_blank_lines_around_the_table_are_passed_over(write):
    text = f"https://www.example.org\n# a comment, with, commas\n\n{YAHOO}\n\n"
    assert read_bars(write("a.csv", text)).content_hash() == read_bars(write("b.csv", YAHOO)).content_hash()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(write, encoding):
    assert len(read_bars(write("a.csv", YAHOO.encode(encoding)))) == 3


def test_lines_may_end_as_on_windows_and_values_may_be_quoted(write):
    text = YAHOO.replace("2020-01-01,10,12", '"2020-01-01","10","12"').replace("\n", "\r\n")
    assert read_bars(write("a.csv", text)).content_hash() == read_bars(write("b.csv", YAHOO)).content_hash()


def test_rows_without_a_header_are_read_by_their_number_of_columns_with_a_note(write):
    made = read_bars(write("a.csv", "2020-01-01,10,12,9,11,5\n2020-01-02,10,12,9,11,5\n"))
    assert made.notes == ("no header: columns read as ts, open, high, low, close, volume",)
    made = read_bars(write("b.csv", "2020.01.01,00:00,10,12,9,11,5\n2020.01.01,00:01,10,12,9,11,5\n"))
    assert made.timeframe == MINUTE


def test_rows_without_a_header_of_another_width_need_a_mapping(write):
    path = write("a.csv", "1577836800,x,10,12,9,11,7,7,7\n1577840400,x,10,12,9,11,7,7,7\n")
    with pytest.raises(DataError, match="columns found: column_1, column_2"):
        read_bars(path)
    places = {"ts": "column_1", "open": "column_3", "high": "column_4", "low": "column_5", "close": "column_6"}
    assert read_bars(path, columns=places).close.tolist() == [11.0, 11.0]


def test_decimals_of_text_are_exact(write):
    text = "ts,open,high,low,close\n1577836800,0.1,0.30000001,0.1,0.2\n1577840400,0.1,0.3,0.00000001,0.2\n"
    made = read_bars(write("a.csv", text))
    assert made.high_ticks.tolist() == [30_000_001, 30_000_000]
    assert made.low_ticks.tolist() == [10_000_000, 1]


def test_words_for_nothing_are_missing_values(write):
    path = write("a.csv", YAHOO.replace("2020-01-02,11,13,10,12,11.5,200", "2020-01-02,null,null,null,null,null,null"))
    with pytest.raises(DataError, match=r"1 row with NaN prices \[row 1 \(2020-01-02T00:00:00Z\)"):
        read_bars(path)
    assert len(read_bars(path, repair=True)) == 2


# Exchange archives and freqtrade


@pytest.mark.parametrize("header", ["", KLINE_NAMES])
@pytest.mark.parametrize("unit", ["milliseconds", "microseconds"])
def test_binance_archives_with_and_without_header_in_both_units(write, header, unit):
    text = header + (KLINES if unit == "milliseconds" else KLINES.replace("0000,1", "0000000,1"))
    for path in (write("BTCUSDT-1m-2020-01.zip", zipped(a_csv=text)), write("BTCUSDT-1m-2020-01-01.csv", text)):
        made = read_bars(path)
        assert (made.symbol, made.timeframe) == ("BTCUSDT", MINUTE)
        assert made.ts.tolist() == [START, START + MINUTE]
        assert made.close.tolist() == [11.25, 12.25]
        assert made.volume.tolist() == [51.64, 7.24]
        assert f"time read as {unit} since 1970 by its magnitude" in made.notes


def test_freqtrade_rows_and_frames(write, tmp_path):
    rows = [[START // 10**6 + i * 3_600_000, 1.0, 2.0, 0.5, 1.5, 7.0] for i in range(3)]
    made = read_bars(write("BTC_USDT-1h.json", json.dumps(rows)))
    assert (made.symbol, made.timeframe) == ("BTC/USDT", HOUR)
    stamps = pl.col("ts").cast(pl.Datetime("ns", "UTC")).dt.cast_time_unit("ms").alias("date")
    dated = frame().select(stamps, *frame().columns[1:])
    dated.write_ipc(tmp_path / "BTC_USDT_USDT-1h-futures.feather", compression="lz4")
    again = read_bars(tmp_path / "BTC_USDT_USDT-1h-futures.feather")
    assert again.symbol == "BTC/USDT:USDT"
    assert again.content_hash() == made.content_hash() == read_bars(frame()).content_hash()


def test_the_symbol_is_taken_from_names_that_carry_it():
    assert symbol_of("BTCUSDT-1h-2024-01.zip") == "BTCUSDT"
    assert symbol_of("ETHUSD_PERP-1d-2024-01-31.csv") == "ETHUSD_PERP"
    assert symbol_of("BTC_USDT-5m.feather") == "BTC/USDT"
    assert symbol_of("ohlcv_1h.parquet") == symbol_of("prices.csv") == ""


# What cannot be read


def refused(path, *named: str) -> DataError:
    with pytest.raises(DataError) as refusal:
        read_bars(path)
    for name in named:
        assert name in str(refusal.value), str(refusal.value)
    assert refusal.value.__cause__ is None
    assert "\n" not in str(refusal.value)
    return refusal.value


def test_a_missing_file_is_refused_and_a_near_name_shown(write):
    path = write("prices.csv", YAHOO)
    refused(path.with_suffix(".parquet"), "does not exist", "there is prices.csv")
    refused(path.with_name("other.csv"), "does not exist", "check the path")


def test_a_directory_is_refused_and_a_file_inside_shown(write):
    path = write("prices.csv", YAHOO)
    refused(path.parent, "is a directory", str(path))


@pytest.mark.parametrize("name", ["prices.xlsx", "prices.pkl", "prices.dat", "prices"])
def test_an_unknown_ending_is_refused_with_the_known_ones(write, name):
    refused(write(name, b"PK"), ".parquet", ".csv")


def test_a_web_address_is_refused():
    refused("https://example.org/prices.csv", "download it first")


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.npz", "a.json", "a.zip", "a.feather", "a.csv.gz"])
def test_an_empty_file_is_refused(write, name):
    refused(write(name, b""), "is empty")


def test_a_header_alone_is_refused(write):
    refused(write("a.csv", YAHOO.splitlines()[0]), "no bars")


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrow", "a.npz", "a.npy", "a.json", "a.zip", "a.csv.gz"])
@pytest.mark.parametrize(
    "content", [b"garbage" * 20, b"PAR1" + b"\x00" * 50 + b"PAR1", b"ARROW1" + b"\xff" * 60, b"PK\x03\x04"]
)
def test_a_corrupt_file_is_refused(write, name, content):
    refused(write(name, content), name)


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.npz"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_a_file_cut_short_is_refused(tmp_path, name, kept):
    path = tmp_path / name
    if name == "a.npz":
        save_columns(path)
    else:
        frame().write_parquet(path) if name == "a.parquet" else frame().write_ipc(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    refused(path, name)


def test_objects_that_would_run_code_are_not_loaded(tmp_path):
    np.savez(tmp_path / "a.npz", ts=np.array([1, None], dtype=object))
    refused(tmp_path / "a.npz", "cannot be read as NumPy")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("No data", "is no table; it begins with 'No data'"),
        ("<!DOCTYPE html><html></html>", "is a web page"),
        ("\x00\x01\x02" * 9, "is not text"),
        (YAHOO + "2020-01-04,1,2,3\n2020-01-05,1,2,3,4,5,6,7,8\n", "line 5 has 4 values, the header 7"),
        (YAHOO.replace("12,9", "12x,9"), "column 'High' has 1 values that are no numbers [row 0: '12x']"),
        (YAHOO.replace("Close,Adj Close", "Klose,Adj Klose"), "no column for close"),
    ],
)
def test_text_that_is_no_table_of_bars_is_refused(write, text, named):
    refused(write("a.csv", text), named)


def test_text_of_another_encoding_is_refused_with_its_line(write):
    refused(write("a.csv", YAHOO.encode() + b"caf\xe9\n"), "line 5 is not UTF-8")


def test_a_decimal_comma_is_refused(write):
    refused(write("a.csv", "Date;Open;High;Low;Close\n2020-01-01;1,5;2,5;1,0;2,0\n"), "row 0: '1,5'")


def test_an_archive_of_several_tables_is_refused(write):
    refused(write("a.zip", zipped(a_csv=YAHOO, b_csv=YAHOO)), "holds 2 tables", "a.csv, b.csv")
    refused(write("b.zip", zipped(readme="hello")), "holds 0 tables")


@pytest.mark.parametrize("content", ["[]", "{}", "3", '{"a": 1}', "[[1, 2], [1]]", "[1, 2]", '[{"a": 1}, 2]', "null"])
def test_json_of_another_shape_is_refused(write, content):
    refused(write("a.json", content))


def test_a_file_that_may_not_be_opened_is_refused(write, monkeypatch):
    path = write("a.csv", YAHOO)

    def denied(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    refused(path, "Permission denied")


# Any damage at all

DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.integers(0, 20),
        st.one_of(
            st.binary(max_size=4),
            st.sampled_from([b",", b"\n", b'"', b"nan", b"1e400", b"-", b"2020-13-45", b"9" * 25]),
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(
    st.sampled_from([YAHOO, KLINES, KLINE_NAMES + KLINES, json.dumps([[START, 1, 2, 0.5, 1.5, 7]] * 2)]),
    DAMAGE,
    st.booleans(),
)
def test_damaged_text_is_read_clean_or_refused(tmp_path_factory, text, damage, repair):
    content = text.encode()
    for place, removed, added in damage:
        content = content[:place] + added + content[place + removed :]
    path = tmp_path_factory.mktemp("damaged") / ("a.json" if text.startswith("[") else "a.csv")
    path.write_bytes(content)
    try:
        made = read_bars(path, repair=repair)
    except ParrotError:
        return
    assert (np.diff(made.ts) > 0).all()
    assert (made.low_ticks > 0).all()
    assert (np.minimum(made.open_ticks, made.close_ticks) >= made.low_ticks).all()
    assert (np.maximum(made.open_ticks, made.close_ticks) <= made.high_ticks).all()
    assert (made.volume_lots >= 0).all()
