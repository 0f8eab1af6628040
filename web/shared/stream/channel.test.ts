import { describe, expect, test } from "vitest";
import { chance } from "@/tests/chance";
import { Channel, type Message } from "./channel";

const keyed = (seq: number, rows: object[]): Message => ({ channel: "orders", type: "snapshot", seq, ts: 5, data: { key: "id", rows } });
const delta = (seq: number, data: object): Message => ({ channel: "orders", type: "delta", seq, ts: seq, data });

function held(channel: Channel): unknown[] {
  channel.settle();
  return [...channel.view.rows];
}

describe("a keyed channel", () => {
  test("takes deltas after its snapshot, in order", () => {
    const channel = new Channel();
    channel.take(keyed(7, [{ id: 1, state: "new" }]));
    channel.take(delta(8, { put: [{ id: 2, state: "new" }], drop: [] }));
    channel.take(delta(9, { put: [{ id: 1, state: "filled" }], drop: ["2"] }));
    expect(held(channel)).toEqual([{ id: 1, state: "filled" }]);
    expect(channel.view).toMatchObject({ state: "live", ts: 9 });
    expect(channel.view.byKey.get("1")).toEqual({ id: 1, state: "filled" });
  });

  test("passes over what its snapshot already told", () => {
    const channel = new Channel();
    channel.take(keyed(7, [{ id: 1 }]));
    expect(channel.take(delta(7, { put: [{ id: 9 }] }))).toBe("ignored");
    expect(held(channel)).toEqual([{ id: 1 }]);
  });

  test("asks once for a snapshot when a message is missing, shows what it has as old, and heals", () => {
    const channel = new Channel();
    channel.take(keyed(1, [{ id: 1 }]));
    channel.settle();
    expect(channel.take(delta(3, { put: [{ id: 3 }] }))).toBe("resync");
    expect(channel.take(delta(4, { put: [{ id: 4 }] }))).toBe("ignored");
    expect(held(channel)).toEqual([{ id: 1 }]);
    expect(channel.view.state).toBe("stale");
    channel.take(keyed(4, [{ id: 1 }, { id: 3 }, { id: 4 }]));
    expect(held(channel)).toHaveLength(3);
    expect(channel.view.state).toBe("live");
  });

  test("takes no delta before a snapshot, nor after the line broke", () => {
    const channel = new Channel();
    expect(channel.take(delta(1, { put: [{ id: 1 }] }))).toBe("ignored");
    channel.take(keyed(1, [{ id: 1 }]));
    channel.settle();
    channel.lost();
    expect(channel.view.state).toBe("stale");
    expect(channel.take(delta(2, { put: [{ id: 2 }] }))).toBe("ignored");
    expect(channel.view.rows).toEqual([{ id: 1 }]);
  });

  test("joins several fields to one key", () => {
    const channel = new Channel();
    channel.take({ channel: "positions", type: "snapshot", seq: 0, data: { key: ["strategy", "symbol"], rows: [{ strategy: "a", symbol: "X", quantity: "1" }] } });
    channel.take({ channel: "positions", type: "delta", seq: 1, data: { put: [{ strategy: "a", symbol: "X", quantity: "2" }], drop: [] } });
    expect(held(channel)).toEqual([{ strategy: "a", symbol: "X", quantity: "2" }]);
  });
});

test("whatever is lost, doubled or told anew, a channel that says it is live equals the server", () => {
  const roll = chance(3);
  for (let run = 0; run < 100; run += 1) {
    const channel = new Channel();
    const truth = new Map<number, object>();
    let seq = 0;
    const snapshot = (): Message => keyed(seq, [...truth.values()]);
    channel.take(snapshot());
    for (let step = 0; step < 60; step += 1) {
      seq += 1;
      const id = roll.below(6);
      const gone = roll.below(3) === 0;
      if (gone) truth.delete(id);
      else truth.set(id, { id, step });
      const message = delta(seq, gone ? { put: [], drop: [String(id)] } : { put: [{ id, step }], drop: [] });
      const fate = roll.below(10);
      if (fate === 0) continue; // lost
      const outcome = channel.take(message);
      if (fate === 1) channel.take(message); // doubled
      if (outcome === "resync") channel.take(snapshot());
      channel.settle();
      if (channel.view.state === "live") expect(new Map([...channel.view.byKey].map(([key, row]) => [Number(key), row]))).toEqual(truth);
    }
  }
});

test("a log keeps its newest rows", () => {
  const channel = new Channel();
  channel.take({ channel: "tape:X", type: "snapshot", seq: 0, data: { rows: [1, 2], most: 3 } });
  channel.take({ channel: "tape:X", type: "delta", seq: 1, data: { add: [3, 4] } });
  expect(held(channel)).toEqual([2, 3, 4]);
});

test("a channel of whole values holds the last", () => {
  const channel = new Channel();
  channel.take({ channel: "status", type: "snapshot", seq: 0, data: { ready: false } });
  channel.take({ channel: "status", type: "delta", seq: 1, data: { ready: true } });
  channel.settle();
  expect(channel.view.value).toEqual({ ready: true });
});

test("a refusal says why", () => {
  const channel = new Channel();
  channel.take({ channel: "audit", type: "error", problem: { title: "not yours to see" } });
  expect(channel.view).toMatchObject({ state: "refused", problem: "not yours to see" });
});
