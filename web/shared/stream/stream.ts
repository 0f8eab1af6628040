// One WebSocket for the whole page. Subscriptions are counted; messages are taken in as they come and shown once a frame,
// so that thousands of updates a second cost one drawing.

import { Channel, type Message, type View } from "./channel";
import { heardFromStream } from "./clock";

/** What the stream needs of the world; tests bring their own. */
export interface World {
  open(): Socket;
  /** Runs `act` at the next frame. */
  frame(act: () => void): void;
  after(ms: number, act: () => void): () => void;
  chance(): number;
}

/** The part of WebSocket that is used. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

/** connecting: on the way; open: messages flow; waiting: it is tried again soon; ended: only signing in helps. */
export type Line = "idle" | "connecting" | "open" | "waiting" | "ended";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PING_MS = 10_000;
const SILENCE_MS = 25_000;
const LINGER_MS = 2_000; // a page that comes back at once finds its channel still there
const SIGNED_OUT = 4401;
const FORBIDDEN = 4403;

interface Held {
  channel: Channel;
  readers: Set<() => void>;
  count: number;
}

/** See the top of the file. */
export class Stream {
  line: Line = "idle";
  private socket: Socket | undefined;
  private readonly held = new Map<string, Held>();
  private readonly lineReaders = new Set<() => void>();
  private readonly touched = new Set<string>();
  private waiting = false;
  private tries = 0;
  private readonly timers: { ping?: () => void; silence?: () => void; again?: () => void } = {};
  private heard = false;
  private wanted = false;

  constructor(
    private readonly world: World,
    private readonly onEnd: (code: number) => void = () => undefined,
  ) {}

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connect();
  }

  /** Lets the line go; what was seen stays, as stale. */
  stop(): void {
    this.wanted = false;
    this.drop();
    this.say("idle");
  }

  /** Tries at once instead of at the next turn: the network came back, or somebody pressed the button. */
  again(): void {
    if (!this.wanted || this.line === "open" || this.line === "connecting") return;
    this.tries = 0;
    this.clearTimers();
    this.connect();
  }

  /** Reads a channel as long as the returned function is not called. */
  read(name: string, reader: () => void): () => void {
    const held = this.held.get(name) ?? this.hold(name);
    held.readers.add(reader);
    held.count += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      held.readers.delete(reader);
      held.count -= 1;
      if (held.count === 0) this.world.after(LINGER_MS, () => this.release(name));
    };
  }

  /** What a channel holds now. */
  view(name: string): View | undefined {
    return this.held.get(name)?.channel.view;
  }

  /** Told when the line changes. */
  readLine(reader: () => void): () => void {
    this.lineReaders.add(reader);
    return () => this.lineReaders.delete(reader);
  }

  private hold(name: string): Held {
    const held = { channel: new Channel(), readers: new Set<() => void>(), count: 0 };
    this.held.set(name, held);
    if (this.line === "open") this.send({ op: "subscribe", channels: [name] });
    return held;
  }

  private release(name: string): void {
    if (this.held.get(name)?.count !== 0) return;
    this.held.delete(name);
    if (this.line === "open") this.send({ op: "unsubscribe", channels: [name] });
  }

  private connect(): void {
    this.say("connecting");
    const socket = this.world.open();
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.received(data);
    socket.onclose = ({ code }) => this.closed(socket, code);
  }

  private opened(): void {
    this.say("open");
    this.heard = true;
    const channels = [...this.held.keys()];
    if (channels.length) this.send({ op: "subscribe", channels });
    this.ping();
    this.listen();
  }

  private ping(): void {
    this.timers.ping = this.world.after(PING_MS, () => {
      this.send({ op: "ping" });
      this.ping();
    });
  }

  private listen(): void {
    this.timers.silence = this.world.after(SILENCE_MS, () => {
      if (!this.heard) return this.closed(this.socket, 0);
      this.heard = false;
      this.listen();
    });
  }

  private received(text: string): void {
    this.heard = true;
    this.tries = 0;
    const message = JSON.parse(text) as Message & { type: string };
    if (message.ts) heardFromStream(message.ts);
    const held = this.held.get(message.channel);
    if (!held) return;
    const outcome = held.channel.take(message);
    if (outcome === "resync") this.send({ op: "resync", channel: message.channel });
    if (outcome === "ignored") return;
    this.touch(message.channel);
  }

  private touch(name: string): void {
    this.touched.add(name);
    if (this.waiting) return;
    this.waiting = true;
    this.world.frame(() => this.show());
  }

  private show(): void {
    this.waiting = false;
    const names = [...this.touched];
    this.touched.clear();
    for (const name of names) {
      const held = this.held.get(name);
      if (!held) continue;
      held.channel.settle();
      held.readers.forEach((tell) => tell());
    }
  }

  private closed(socket: Socket | undefined, code: number): void {
    if (socket === undefined || socket !== this.socket) return;
    this.drop();
    if (!this.wanted) return;
    if (code === SIGNED_OUT || code === FORBIDDEN) {
      this.wanted = false;
      this.say("ended");
      this.onEnd(code);
      return;
    }
    this.say("waiting");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries);
    this.tries += 1;
    this.timers.again = this.world.after(longest * (0.5 + this.world.chance() / 2), () => this.connect());
  }

  private drop(): void {
    this.clearTimers();
    const socket = this.socket;
    this.socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const [name, held] of this.held) {
      held.channel.lost();
      this.touch(name);
    }
  }

  private clearTimers(): void {
    for (const stop of Object.values(this.timers)) stop();
    for (const name of ["ping", "silence", "again"] as const) delete this.timers[name];
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private say(line: Line): void {
    if (this.line === line) return;
    this.line = line;
    this.lineReaders.forEach((tell) => tell());
  }
}

const HIDDEN_MS = 250;
const CHEAP_MS = 8;
const REST = 3; // drawing takes a quarter of the time at most; the rest belongs to the person
const LONGEST_REST_MS = 1_000;

/** At the next frame; after a drawing that took long, later, so that a click never waits behind a row of them. */
function paced(): (act: () => void) => void {
  let rest = 0;
  const run = (act: () => void): void => {
    const began = performance.now();
    act();
    setTimeout(() => {
      const took = performance.now() - began; // React's drawing and the browser's are in it
      rest = took > CHEAP_MS ? Math.min(LONGEST_REST_MS, took * REST) : 0;
    });
  };
  return (act) => {
    if (document.visibilityState !== "visible") setTimeout(run, HIDDEN_MS, act);
    else if (rest > 0) setTimeout(() => requestAnimationFrame(() => run(act)), rest);
    else requestAnimationFrame(() => run(act));
  };
}

/** The browser's own world. */
export function browserWorld(path: string): World {
  return {
    open: () => new WebSocket(new URL(path, location.href.replace(/^http/, "ws"))) as unknown as Socket,
    frame: paced(),
    after: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    chance: Math.random,
  };
}
