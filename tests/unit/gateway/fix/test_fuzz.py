"""Whatever bytes come, the link answers, is silent or closes; it never raises, and no order is half done."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.gateway.fix.framing import Framer
from parrot.gateway.fix.messages import body, frame
from tests.unit.gateway.fix.client import connected, types

TAGS = st.sampled_from([0, 7, 11, 16, 18, 34, 36, 38, 40, 41, 43, 44, 49, 52, 54, 55, 56, 59, 95, 96, 97, 99, 111, 112])
MORE_TAGS = st.sampled_from([122, 123, 141, 146, 152, 262, 263, 264, 265, 267, 269, 530, 584, 585, 553, 8013, 99999])
VALUES = st.one_of(
    st.sampled_from(["1", "2", "0", "Y", "N", "BTCUSDT", "a", "0.5", "50", "-1", "", "6", "J", "7", "100000", "1 6"]),
    st.text(st.characters(blacklist_characters="\x01", blacklist_categories=["Cs"]), max_size=12),
)
KINDS = st.sampled_from(
    ["0", "1", "2", "3", "4", "5", "8", "9", "A", "D", "F", "G", "H", "V", "AF", "q", "j", "?", "ZZ"]
)
PAIRS = st.lists(st.tuples(st.one_of(TAGS, MORE_TAGS), VALUES), max_size=14)


def whole(kind, number, pairs):
    names = ((49, "BOT"), (56, "PARROT"), (34, number), (52, "20260921-14:13:20.000"))
    pairs = [(tag, value.encode().decode("latin-1")) for tag, value in pairs]
    return frame(kind, body(names), body(pairs))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(KINDS, PAIRS, st.booleans()), min_size=1, max_size=6))
def test_no_message_raises_and_every_number_is_dealt_with(messages):
    client = connected()
    for kind, pairs, likely in messages:
        if likely:  # near an order that is taken
            base = {11: f"n{client.next}", 55: "BTCUSDT", 54: "1", 38: "0.5", 40: "2", 44: "50"}
            pairs = list((base | dict(pairs)).items())
        client.raw(whole(kind, client.next, pairs))
        if client.link.closed:
            return
        session = next(iter(client.acceptor._sessions.values()))
        client.next = session.store.incoming
    session.application.quotes.clear()
    assert types(client.say("1", (112, "alive")))[-1:] == "0" or client.link.closed


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=80), PAIRS, st.sampled_from([b"8=FIX.4.4\x01", b"9=5\x01", b"10="]))))
def test_no_bytes_raise(pieces):
    client = connected()
    for piece in pieces:
        client.raw(piece if isinstance(piece, bytes) else whole("D", 2, piece)[:-3])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_messages_are_found_however_the_stream_is_cut_and_whatever_is_between_them(data):
    noise = st.binary(max_size=30).filter(lambda some: b"8=" not in some and not some.endswith(b"8"))
    frames = [frame("0", b"34=1\x01", b"58=%d\x01" % number) for number in range(data.draw(st.integers(0, 5)))]
    stream = b"".join(data.draw(noise) + one for one in frames) + data.draw(noise)
    framer, found = Framer(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        found += framer.feed(stream[:cut])
        stream = stream[cut:]
    assert found == frames


def test_garbled_messages_are_passed_over_and_the_next_one_is_read():
    framer = Framer()
    good = frame("0", b"34=1\x01", b"")
    longer = good.replace(b"\x019=10\x01", b"\x019=9999\x01")
    assert longer != good
    for bad in (
        good[:-4] + b"999\x01",  # a wrong checksum
        good.replace(b"\x019=10\x01", b"\x019=11\x01"),  # a wrong length
        good.replace(b"\x019=10\x01", b"\x019=99999\x01"),  # longer than any
        good.replace(b"\x019=10\x01", b"\x019=x\x01"),
        b"8=FIX" * 9,
    ):
        assert list(framer.feed(bad + good)) == [good], bad
    assert list(framer.feed(longer)) == []
    assert list(framer.feed(good * 1_000))[-1] == good
