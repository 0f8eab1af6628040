"""The session layer: logon, numbers, gaps and their repair, heartbeats, rejects, the end."""

from __future__ import annotations

import pytest

from parrot.adapters.sessions import FileSessions, MemorySessions
from parrot.contracts.exchange import Change, Stage
from parrot.gateway.fix import Acceptor, acceptor
from tests.unit.gateway.fix.client import SECOND, Client, FewKeys, QuietExchange, connected, types, with_


def fresh(stores=None, **more):
    exchange = QuietExchange()
    return Client(Acceptor(exchange, FewKeys(), stores or MemorySessions()), exchange, **more)


def test_a_logon_is_answered_with_the_names_turned_round():
    [welcome] = fresh().log_on(hb=12)
    assert [welcome[tag] for tag in (8, 35, 34, 49, 56, 98, 108, 141)] == (
        ["FIX.4.4", "A", "1", "PARROT", "BOT", "0", "12", None]
    )
    assert welcome[52] == "20260921-14:13:20.000"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"secret": "no"}, "Username (553) or Password (554) is wrong"),
        ({"hb": "often"}, "tag 108 must be a whole number"),
        ({"hb": 3601}, "HeartBtInt (108) must be at most 3600 seconds"),
        ({"number": -1}, "MsgSeqNum (34) is missing or no number"),
    ],
)
def test_a_logon_that_cannot_be_is_refused_with_a_text_and_the_connection_ends(given, text):
    client = fresh()
    [farewell] = client.log_on(**given)
    assert (farewell.type, farewell[58], farewell[56]) == ("5", text, "BOT")
    assert client.link.closed


def test_an_unknown_key_is_refused_as_a_wrong_secret_is():
    [farewell] = fresh(key="nobody").log_on()
    assert farewell[58] == "Username (553) or Password (554) is wrong"


def test_encryption_is_not_spoken():
    [farewell] = fresh().say("A", (98, 1), (108, 30), (553, "key"), (554, "key-secret"))
    assert farewell[58] == "EncryptMethod (98) must be 0"


def test_another_version_of_fix_is_refused():
    client = connected()
    [farewell] = client.say("0", begin="FIX.4.2")
    assert (farewell.type, farewell[58]) == ("5", "BeginString (8) must be FIX.4.4")
    assert client.link.closed


def test_who_begins_with_anything_but_a_logon_is_cut_off():
    client = fresh()
    assert client.say("0") == []
    assert client.link.closed


def test_who_does_not_log_on_in_time_is_cut_off():
    client = fresh()
    client.wait(9)
    assert not client.link.closed
    client.wait(2)
    assert client.link.closed


def test_who_speaks_no_fix_is_cut_off():
    client = fresh()
    client.raw(b"GET / HTTP/1.1\r\n" * 3_000)
    assert client.link.closed


def test_one_session_has_one_connection():
    client = connected()
    second = Client(client.acceptor, client.exchange)
    [farewell] = second.log_on(number=2)
    assert (farewell.type, farewell[58]) == ("5", "this session is connected already")
    assert second.link.closed
    assert not client.link.closed
    assert types(client.say("1", (112, "still there?"))) == "0"


def test_other_names_and_other_accounts_are_other_sessions():
    client = connected()
    for more in ({"name": "BOT2"}, {"key": "other"}, {"target": "EXCHANGE"}):
        assert types(Client(client.acceptor, client.exchange, **more).log_on()) == "A"


def test_an_account_has_so_many_sessions_and_no_more():
    client = connected()
    for number in range(63):
        one = Client(client.acceptor, client.exchange, name=f"BOT{number}")
        assert types(one.log_on()) == "A"
    [farewell] = Client(client.acceptor, client.exchange, name="ONE MORE").log_on()
    assert farewell[58] == "this account has 64 sessions already; use the names of one"
    one.drop()
    one.connect()
    assert types(one.log_on()) == "A"
    assert types(Client(client.acceptor, client.exchange, key="other").log_on()) == "A"


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_a_number_too_low_ends_the_connection_with_a_text():
    client = connected()
    client.say("0")
    [farewell] = client.say("0", number=2)
    assert farewell[58] == "MsgSeqNum too low, expecting 3 but received 2"
    assert client.link.closed


def test_a_possible_duplicate_that_was_dealt_with_is_passed_over():
    client = connected()
    client.order("a")
    answer = client.order("a", number=2, header=((43, "Y"), (122, "20260921-14:13:20.000")))
    assert answer == []
    assert len(client.exchange.states) == 1
    assert types(client.say("1", (112, "x"))) == "0"


def test_a_possible_duplicate_needs_the_time_of_its_first_sending():
    client = connected()
    [reject] = client.say("0", header=((43, "Y"),))
    assert (reject.type, reject[371], reject[373], reject[372]) == ("3", "122", "1", "0")
    [reject] = client.say("0", number=1, header=((43, "Y"),))
    assert (reject[371], reject[373]) == ("122", "1")
    reject, farewell = client.say("0", number=1, header=((43, "Y"), (122, "20991231-00:00:00")))
    assert (reject[371], reject[373], farewell.type) == ("122", "10", "5")


def test_a_gap_is_asked_for_once_and_what_is_behind_it_is_not_done():
    client = connected()
    client.next = 5
    [ask] = client.order("late")
    assert (ask.type, ask[7], ask[16]) == ("2", "2", "0")
    assert client.order("later") == []
    assert client.exchange.states == {}
    client.exchange.now += 11 * SECOND
    assert types(client.order("latest")) == "2"


def test_a_gap_is_filled_by_the_other_side_and_what_came_early_is_done_in_its_turn():
    client = connected()
    client.next = 4
    client.order("c")  # 2 and 3 are missing
    again = ((43, "Y"), (122, "20260921-14:13:20.000"))
    assert client.say("4", (123, "Y"), (36, 3), number=2, header=again) == []
    assert [one[11] for one in client.order("b", number=3, header=again)] == ["b", "c"]
    assert client.order("c", number=4, header=again) == []  # as it comes again
    assert [state.client_id for state in client.exchange.states.values()] == ["b", "c"]
    assert types(client.order("d")) == "8"


def test_what_came_early_and_was_jumped_over_is_not_done():
    client = connected()
    client.next = 4
    client.order("c")
    assert client.say("4", (36, 9), number=0) == []  # a reset; its own number does not matter
    client.next = 9
    assert [one[11] for one in client.order("d")] == ["d"]
    assert len(client.exchange.states) == 1


def test_a_message_whose_type_is_not_its_third_field_is_garbled():
    client = connected()
    whole = client.message("D", (11, "a")).replace(b"35=D\x0149=BOT", b"49=BOT\x0135=D")
    assert client.raw(whole) == []
    client.next = 2
    assert types(client.say("1", (112, "x"))) == "0"


def test_a_gap_that_is_filled_backwards_is_rejected():
    client = connected()
    [reject] = client.say("4", (123, "Y"), (36, 2))
    assert (reject.type, reject[371], reject[373], reject[45]) == ("3", "36", "5", "2")
    assert types(client.say("1", (112, "x"))) == "0"


def test_a_reset_moves_the_number_forwards_whatever_its_own_is_and_never_back():
    client = connected()
    assert client.say("4", (36, 9), number=77) == []
    client.next = 9
    assert types(client.say("1", (112, "x"))) == "0"
    [reject] = client.say("4", (36, 3), number=10)
    assert (reject[371], reject[373], reject[58]) == ("36", "5", "NewSeqNo (36) must not be below 10")


def test_reports_are_told_again_as_they_were_and_the_rest_is_a_gap():
    client = connected()
    client.say("1", (112, "one"))  # 2: a heartbeat
    [report] = client.order("a")  # 3
    client.say("1", (112, "two"))  # 4
    client.exchange.now += 5 * SECOND
    first, again, last = client.say("2", (7, 1), (16, 0))
    assert [first[tag] for tag in (35, 34, 43, 123, 36)] == ["4", "1", "Y", "Y", "3"]
    assert [again[tag] for tag in (35, 34, 43, 122)] == ["8", "3", "Y", report[52]]
    assert [last[tag] for tag in (35, 34, 123, 36)] == ["4", "4", "Y", "5"]
    assert again[52] == "20260921-14:13:25.000"
    header = (9, 10, 43, 52, 122)
    assert [pair for pair in again.pairs if pair[0] not in header] == (
        [pair for pair in report.pairs if pair[0] not in header]
    )


def test_a_part_is_told_again_where_a_part_is_asked_for():
    client = connected()
    for name in "abcd":
        client.order(name)
    assert [one[11] for one in client.say("2", (7, 3), (16, 4))] == ["b", "c"]
    assert client.say("2", (7, 90), (16, 95)) == []
    [reject] = client.say("2", (7, 0), (16, 4))
    assert (reject[371], reject[373]) == ("7", "5")


def test_a_reset_at_logon_begins_both_numbers_again_and_forgets_what_was_said():
    client = connected()
    client.order("a")
    client.drop()
    client.connect()
    client.next = 1
    [welcome] = client.log_on((141, "Y"))
    assert (welcome[34], welcome[141]) == ("1", "Y")
    [gap] = client.say("2", (7, 1), (16, 0))
    assert (gap.type, gap[34], gap[36]) == ("4", "1", "2")
    assert types(client.order("b")) == "8"


def test_a_reset_while_logged_on_begins_again_too():
    client = connected()
    client.order("a")
    client.next = 1
    [welcome] = client.log_on((141, "Y"))
    assert (welcome[34], welcome[141]) == ("1", "Y")
    assert client.order("b")[0][34] == "2"


def test_a_logon_behind_its_number_is_told_what_is_expected():
    client = connected()
    client.order("a")
    client.drop()
    client.connect()
    client.next = 1
    [farewell] = client.log_on()
    assert (farewell.type, farewell[58]) == ("5", "MsgSeqNum too low, expecting 3 but received 1")
    client.drop()
    client.connect()
    client.next = 3
    assert types(client.log_on()) == "A"


# -- reconnect and restart ---------------------------------------------------------------------------------------------


def test_after_a_reconnect_with_gaps_on_both_sides_nothing_is_lost_and_nothing_done_twice():
    client = connected()
    client.order("a")
    client.drop()
    exchange = client.exchange
    exchange.change(Change.CANCELED, with_(exchange.states[1], stage=Stage.CANCELED))  # told while nobody listens
    client.next = 5  # 3 and 4 were sent into the void
    client.connect()
    welcome, ask = client.log_on()
    assert (welcome.type, welcome[34], ask.type, ask[7]) == ("A", "4", "2", "3")
    again = ((43, "Y"), (122, "20260921-14:13:20.000"))
    assert types(client.order("b", number=3, header=again)) == "8"
    assert types(client.order("c", number=4, header=again)) == "8"
    assert client.say("4", (123, "Y"), (36, 6), number=5, header=again) == []
    missed, gap, *_ = client.say("2", (7, 3), (16, 5))
    assert (missed[11], missed[150], missed[43], gap.type) == ("a", "4", "Y", "4")
    assert [state.client_id for state in exchange.states.values()] == ["a", "b", "c"]


@pytest.mark.parametrize("torn", [False, True])
def test_a_session_goes_on_after_the_process_was_killed(tmp_path, torn):
    client = connected(FileSessions(tmp_path))
    [report] = client.order("a")
    if torn:
        [path] = tmp_path.glob("*.session")
        with path.open("ab") as file:
            file.write(b"\x01\x02\x03half a record")
    exchange = client.exchange
    exchange.listeners.clear()
    client.acceptor = Acceptor(exchange, FewKeys(), FileSessions(tmp_path))
    exchange.change(Change.CANCELED, with_(exchange.states[1], stage=Stage.CANCELED))
    client.connect()
    [welcome] = client.log_on()
    assert (client.next, welcome[34]) == (4, "4")
    told, canceled, gap = client.say("2", (7, 2), (16, 0))
    assert (told[17], told[43], canceled[150], gap[36]) == (report[17], "Y", "4", "5")


def test_an_order_that_was_done_when_the_process_died_is_reported_and_not_done_again():
    client = connected()
    client.order("a")
    session = next(iter(client.acceptor._sessions.values()))
    session.store.expect(2)  # as if it had died before the number was kept
    again = ((43, "Y"), (122, "20260921-14:13:20.000"))
    [report] = client.order("a", number=2, header=again)
    assert (report[150], report[39], report[11]) == ("I", "0", "a")
    assert len(client.exchange.states) == 1


# -- rejects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "tag", "reason"),
    [
        ((55, None), "55", "1"),
        ((54, None), "54", "1"),
        ((11, None), "11", "1"),
        ((38, None), "38", "1"),
        ((44, None), "44", "1"),
        ((54, "Z"), "54", "5"),
        ((40, "?"), "40", "5"),
        ((38, "much"), "38", "6"),
        ((38, "-1"), "38", "5"),
        ((38, "0"), "38", "5"),
        ((38, "1e3"), "38", "6"),
        ((44, "0.123456789"), "44", "5"),
        ((44, "99999999999999"), "44", "5"),
        ((38, "9" * 5_000), "38", "6"),
        ((11, "x" * 129), "11", "5"),
        ((55, "\xff"), "55", "6"),
    ],
)
def test_a_field_that_cannot_be_is_rejected_by_its_number_and_the_session_goes_on(change, tag, reason):
    client = connected()
    [reject] = client.order("a", change)
    assert [reject[field] for field in (35, 45, 371, 372, 373)] == ["3", "2", tag, "D", reason]
    assert client.exchange.states == {}
    assert types(client.order("b")) == "8"


def test_fields_that_appear_twice_have_no_value_or_no_number_are_rejected():
    client = connected()
    whole = client.message("D", (11, "a"), (11, "b"), (55, "BTCUSDT"))
    [reject] = client.raw(whole)
    assert (reject[371], reject[373]) == ("11", "13")
    for field, tag, reason in ((b"58=", "58", "4"), (b"x=1", None, "0"), (b"0=1", None, "0")):
        frame = client.message("D", (58, "TEXT"))
        body = frame[frame.index(b"35=") : -7].replace(b"58=TEXT", field)
        whole = b"8=FIX.4.4\x019=%d\x01%s" % (len(body), body)
        [reject] = client.raw(b"%s10=%03d\x01" % (whole, sum(whole) % 256))
        assert (reject.type, reject[371], reject[373]) == ("3", tag, reason)
    assert types(client.order("b")) == "8"


def test_other_names_than_at_logon_are_rejected_and_end_the_connection():
    client = connected()
    client.name = "SOMEBODY"
    reject, farewell = client.say("0")
    assert (reject[371], reject[373], farewell.type) == ("49", "9", "5")


def test_a_message_without_a_number_ends_the_connection():
    client = connected()
    [farewell] = client.say("0", number=-1)
    assert farewell[58] == "MsgSeqNum (34) is missing or no number"


@pytest.mark.parametrize("kind", ["ZZ", "E", "8", "b", "AE"])
def test_a_type_that_is_not_supported_gets_a_business_reject(kind):
    client = connected()
    [reject] = client.say(kind)
    assert [reject[tag] for tag in (35, 45, 372, 380)] == ["j", "2", kind, "3"]


def test_rejects_are_told_again_as_reports_are():
    client = connected()
    client.order("a", (55, None))
    assert types(client.say("2", (7, 1), (16, 0))) == "43"


# -- time --------------------------------------------------------------------------------------------------------------


def test_a_silent_session_sends_heartbeats_and_then_asks():
    client = fresh()
    client.log_on(hb=10)
    assert client.wait(9) == []
    assert types(client.wait(1)) == "0"
    [test] = client.wait(3)
    assert test.type == "1"
    assert test[112]
    assert client.say("0", (112, test[112])) == []
    assert types(client.wait(10)) == "0"


def test_a_test_request_without_an_answer_ends_the_connection():
    client = fresh()
    client.log_on(hb=10)
    client.wait(13)
    assert types(client.wait(12)) == "0"
    *_, farewell = client.wait(2)
    assert (farewell.type, farewell[58]) == ("5", "no answer to the test request")
    assert client.link.closed


def test_a_test_request_is_answered_with_its_own_words():
    [heartbeat] = connected().say("1", (112, "are you there"))
    assert (heartbeat.type, heartbeat[112]) == ("0", "are you there")


def test_an_interval_of_zero_means_no_heartbeats():
    client = fresh()
    client.log_on(hb=0)
    assert client.wait(100_000) == []


def test_a_logout_is_answered_and_the_numbers_stay():
    client = connected()
    [farewell] = client.say("5")
    assert (farewell.type, farewell[34]) == ("5", "2")
    assert client.link.closed
    client.drop()
    client.connect()
    [welcome] = client.log_on()
    assert welcome[34] == "3"


def test_orders_stay_when_the_connection_goes_unless_the_logon_said_otherwise():
    client = connected()
    client.order("stays")
    client.drop()
    client.connect()
    client.log_on((8013, "Y"))
    client.order("goes")
    client.drop()
    assert [state.stage for state in client.exchange.states.values()] == [Stage.NEW, Stage.CANCELED]


def test_requests_to_tell_all_again_in_one_piece_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(acceptor, "OUT_BYTES_MAX", 20_000)
    client = fresh()
    client.log_on()
    for number in range(20):
        client.order(f"a{number}")
    again = client.message("2", (7, 1), (16, 0))
    assert len(client.raw(again)) > 10  # once is fine
    pieces = b"".join(client.message("2", (7, 1), (16, 0)) for _ in range(100))
    client.link.receive(pieces, client.exchange.now)
    assert client.link.closed
    assert sum(map(len, client.link.out)) <= 20_000
