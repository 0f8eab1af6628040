import { beforeEach, describe, expect, test } from "vitest";
import { clockOffset, forgetClock, heardFromServer } from "./clock";
import { Stream, type Socket, type World } from "./stream";

/** A line that the test holds the other end of. */
class FakeSocket implements Socket {
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  tell(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** A world whose time goes on when the test says so. */
class FakeWorld implements World {
  sockets: FakeSocket[] = [];
  frames: (() => void)[] = [];
  timers: { at: number; act: () => void }[] = [];
  now = 0;
  open(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  frame(act: () => void): void {
    this.frames.push(act);
  }
  after(ms: number, act: () => void): () => void {
    const timer = { at: this.now + ms, act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }
  chance(): number {
    return 1;
  }
  draw(): void {
    this.frames.splice(0).forEach((act) => act());
  }
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.now = next.at;
      next.act();
    }
    this.now = end;
  }
  get line(): FakeSocket {
    return this.sockets.at(-1)!;
  }
}

let world: FakeWorld;
let stream: Stream;
let ended: number[];

beforeEach(() => {
  world = new FakeWorld();
  ended = [];
  stream = new Stream(world, (code) => ended.push(code));
  forgetClock();
});

function opened(): void {
  stream.start();
  world.line.onopen?.();
}

const snapshot = (channel: string, seq: number, rows: object[]): object => ({ channel, type: "snapshot", seq, ts: 0, data: { key: "id", rows } });

describe("subscriptions", () => {
  test("are made once however many read, and end when the last is gone for a while", () => {
    opened();
    const leave = [stream.read("orders", () => undefined), stream.read("orders", () => undefined)];
    expect(world.line.sent).toEqual([{ op: "subscribe", channels: ["orders"] }]);
    leave[0]!();
    leave[0]!(); // a second time counts for nothing
    world.pass(3_000);
    expect(world.line.sent).toHaveLength(1);
    leave[1]!();
    stream.read("orders", () => undefined)(); // back at once: still there
    world.pass(3_000);
    expect(world.line.sent.at(-1)).toEqual({ op: "unsubscribe", channels: ["orders"] });
  });

  test("are made anew after the line broke", () => {
    opened();
    stream.read("orders", () => undefined);
    world.line.tell(snapshot("orders", 4, [{ id: 1 }]));
    world.draw();
    world.line.onclose?.({ code: 1006 });
    expect(stream.line).toBe("waiting");
    expect(stream.view("orders")).toMatchObject({ state: "stale", rows: [{ id: 1 }] });
    world.pass(500);
    world.line.onopen?.();
    expect(world.sockets).toHaveLength(2);
    expect(world.line.sent).toEqual([{ op: "subscribe", channels: ["orders"] }]);
  });
});

test("many messages are one drawing", () => {
  opened();
  let drawn = 0;
  stream.read("quotes", () => (drawn += 1));
  world.line.tell(snapshot("quotes", 0, []));
  for (let seq = 1; seq <= 5_000; seq += 1) world.line.tell({ channel: "quotes", type: "delta", seq, ts: 0, data: { put: [{ id: seq % 50, seq }], drop: [] } });
  expect(drawn).toBe(0);
  expect(world.frames).toHaveLength(1);
  world.draw();
  expect(drawn).toBe(1);
  expect(stream.view("quotes")?.rows).toHaveLength(50);
  expect(stream.view("quotes")?.byKey.get("0")).toEqual({ id: 0, seq: 5_000 });
});

test("a gap asks for that channel anew, once", () => {
  opened();
  stream.read("orders", () => undefined);
  world.line.tell(snapshot("orders", 1, []));
  for (const seq of [3, 4, 5]) world.line.tell({ channel: "orders", type: "delta", seq, data: { put: [], drop: [] } });
  expect(world.line.sent.filter(({ op }) => op === "resync")).toEqual([{ op: "resync", channel: "orders" }]);
});

describe("a line that breaks", () => {
  test("is tried again later and later, and at once when asked", () => {
    opened();
    const waits: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      world.line.onclose?.({ code: 1006 });
      const before = world.now;
      const count = world.sockets.length;
      while (world.sockets.length === count) world.pass(50);
      waits.push(world.now - before);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    world.line.onclose?.({ code: 1006 });
    const count = world.sockets.length;
    stream.again();
    expect(world.sockets).toHaveLength(count + 1);
  });

  test("is noticed by its silence", () => {
    opened();
    world.pass(60_000);
    expect(world.sockets.length).toBeGreaterThan(1);
    expect(world.sockets[0]?.closed).toBe(true);
  });

  test("that answers is left alone", () => {
    opened();
    for (let turn = 0; turn < 20; turn += 1) {
      world.pass(10_000);
      world.line.tell({ type: "pong" });
    }
    expect(world.sockets).toHaveLength(1);
    expect(world.line.sent.filter(({ op }) => op === "ping")).toHaveLength(20);
  });

  test("because nobody is signed in is not tried again by itself", () => {
    opened();
    world.line.onclose?.({ code: 4401 });
    world.pass(100_000);
    expect(world.sockets).toHaveLength(1);
    expect(stream.line).toBe("ended");
    expect(ended).toEqual([4401]);
  });
});

test("ages are told by the server's clock: roughly from an answer, closely from the stream", () => {
  heardFromServer(new Date(Date.now() + 3_600_000).toUTCString(), Date.now());
  expect(Math.abs(clockOffset() - 3_600_000)).toBeLessThan(1_500);
  opened();
  world.line.tell({ type: "pong", ts: (Date.now() - 60_000) * 1e6 });
  expect(Math.abs(clockOffset() + 60_000)).toBeLessThan(200);
});
