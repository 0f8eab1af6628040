"""Keys that are kept, exchanges that go on, and owners whose exchange fails."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from parrot.adapters.clock.steady import SteadyClock
from parrot.app.exchange.keys import Keys
from parrot.app.exchange.opening import open_exchange
from parrot.app.exchange.owner import LoopOwner
from parrot.app.exchange.settings import ExchangeSettings
from parrot.app.verify import verify
from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, NewOrder
from parrot.kernel.errors import DataError, InputError, StorageError

NOW = 1_790_000_000_000_000_000


def settings(**more: object) -> ExchangeSettings:
    return ExchangeSettings(**{"api_key": "K", "secret": "S", "funds": {"USDT": Decimal(1_000)}, **more})


def test_keys_outlive_the_process_and_are_closed_to_others(tmp_path: Path):
    path = tmp_path / "keys.json"
    made = Keys(path).add("bot", may_trade=False)
    assert path.stat().st_mode & 0o777 == 0o600
    found = Keys(path).find(made.key)
    assert (found.secret.reveal(), found.account, found.may_trade) == (made.secret.reveal(), "bot", False)
    assert made.secret.reveal() not in repr(found)
    again = Keys(path)
    assert (again.names(), again.remove(made.key), again.remove(made.key)) == ([(made.key, "bot")], True, False)
    assert Keys(path).find(made.key) is None


def test_a_file_of_keys_that_others_could_read_or_that_is_none_is_refused(tmp_path: Path):
    path = tmp_path / "keys.json"
    Keys(path).add("bot")
    path.chmod(0o644)
    with pytest.raises(StorageError, match="chmod 600"):
        Keys(path)
    path.chmod(0o600)
    path.write_text("[{}]")
    with pytest.raises(DataError):
        Keys(path)


def test_an_exchange_goes_on_from_its_data_and_funds_an_account_once(tmp_path: Path):
    first = open_exchange(settings(data=tmp_path), NOW)
    order = NewOrder(
        symbol="BTCUSDT", side=Side.BUY, kind=Kind.LIMIT, quantity=SCALE // 1000, limit=50_000 * SCALE, client_id="mine"
    )
    first.exchange.submit("main", order)
    first.close()
    again = open_exchange(settings(data=tmp_path), NOW + 10**9)
    held = {one.asset: (one.free, one.locked) for one in again.exchange.held("main")}
    assert held["USDT"] == (950 * SCALE, 50 * SCALE)
    assert [one.client_id for one in again.exchange.open_orders("main")] == ["mine"]
    again.close()


def test_the_key_and_secret_of_a_folder_are_found_again(tmp_path: Path):
    def opened(**more: object) -> tuple[str, str, bool]:
        found = open_exchange(settings(**{"api_key": "", "secret": "", "data": tmp_path} | more), NOW)
        found.close()
        assert len(Keys(tmp_path / "keys.json").names()) == 1
        return found.settings.api_key, found.settings.secret, found.made_secret

    key, secret, made = opened()
    assert (len(key), len(secret), made) == (64, 64, True)
    assert opened() == opened(api_key=key) == opened(secret=secret) == (key, secret, False)
    with pytest.raises(InputError, match="another secret"):
        opened(secret="other")


def test_a_folder_is_verified_to_the_byte(tmp_path: Path):
    opened = open_exchange(settings(data=tmp_path), NOW)
    opened.close()
    assert (verify(tmp_path).ok, verify(tmp_path).files) == (True, 1)
    (journal,) = (tmp_path / "exchange").iterdir()
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    assert not verify(tmp_path).ok


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="other things"):
        open_exchange(settings(data=tmp_path), NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_cannot_be_opened_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    wrong = [
        settings(symbols=()),
        settings(symbols=("BTCXXX",)),
        settings(stocks=("no stock",)),
        settings(funds={"DOGE": Decimal(1)}),
        settings(data=tmp_path / "file"),
    ]
    for one in wrong:
        with pytest.raises(InputError):
            open_exchange(one, NOW)


def test_an_unknown_asset_leaves_nothing_behind(tmp_path: Path):
    with pytest.raises(InputError):
        open_exchange(settings(data=tmp_path, funds={"USDT": Decimal(1), "DOGE": Decimal(1)}), NOW)
    again = open_exchange(settings(data=tmp_path), NOW + 10**9)
    assert {one.free for one in again.exchange.held("main") if one.asset == "USDT"} == {1_000 * SCALE}
    again.close()


def test_stocks_bring_dollars():
    opened = open_exchange(settings(stocks=("AAPL",)), NOW)
    held = {one.asset: one.free for one in opened.exchange.held("main")}
    assert (held["USD"], held["AAPL"]) == (100_000 * SCALE, 0)
    opened.close()


class Broken:
    """An exchange whose journal is full."""

    now = 0

    def turn(self, now: int) -> None:
        raise StorageError("no space left")

    def due(self) -> int | None:
        return None

    def listen(self, listener: object) -> None:
        pass


def test_an_exchange_that_fails_says_so_once_and_answers_with_the_error():
    async def main() -> None:
        told: list[Exception] = []
        owner = LoopOwner(Broken(), SteadyClock(), told.append)
        owner.start()
        answers: list[object] = []
        owner.call(lambda: 1, lambda result, error: answers.append((result, type(error))))
        with pytest.raises(StorageError):
            await owner.run(lambda: 1)
        await asyncio.sleep(0)
        assert (answers, [str(fault) for fault in told]) == ([(None, StorageError)], ["no space left"])

    asyncio.run(main())
