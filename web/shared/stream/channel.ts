// What one channel holds: a snapshot, then deltas in order. Pure: no socket, no clock, no React.

/** A message of the server about a channel. */
export interface Message {
  channel: string;
  type: "snapshot" | "delta" | "error";
  seq?: number;
  ts?: number;
  data?: unknown;
  problem?: { title?: string; status?: number; reason?: string };
}

/** waiting: nothing yet; live: as the server has it; stale: the line is down or a message is missing; refused: not allowed. */
export type ChannelState = "waiting" | "live" | "stale" | "refused";

/** What the screen sees of a channel. A new object for each change, so that React can compare. */
export interface View {
  readonly state: ChannelState;
  /** Made when they are asked for: a page that looks at single rows pays for no others. */
  readonly rows: readonly unknown[];
  /** The table itself, as it is now. */
  readonly byKey: ReadonlyMap<string, unknown>;
  readonly value: unknown;
  /** When the server sent the newest message, ns UTC; 0 for none. */
  readonly ts: number;
  readonly problem: string;
}

const LOG_MOST = 1_000;

type Row = Record<string, unknown>;

/** A view whose rows are listed once, when somebody asks; what came later is in the next view. */
class Shown implements View {
  constructor(
    readonly state: ChannelState,
    private listed: readonly unknown[] | undefined,
    readonly byKey: ReadonlyMap<string, unknown>,
    readonly value: unknown,
    readonly ts: number,
    readonly problem: string,
  ) {}

  get rows(): readonly unknown[] {
    return (this.listed ??= [...this.byKey.values()]);
  }

  /** The same rows in another state. */
  turned(state: ChannelState, problem = ""): Shown {
    return new Shown(state, this.listed, this.byKey, this.value, this.ts, problem);
  }
}

const EMPTY = new Shown("waiting", [], new Map(), undefined, 0, "");

/** One channel's store. `take` says whether the server has to be asked for a new snapshot. */
export class Channel {
  view = EMPTY;
  private seq = -1;
  private shape: "none" | "keyed" | "log" | "value" = "none";
  private key: readonly string[] = [];
  private most = LOG_MOST;
  private readonly table = new Map<string, unknown>();
  private log: unknown[] = [];
  private value: unknown;
  private ts = 0;
  private changed = false;
  private asked = false;

  /** Takes one message in; "resync" when a message before it is missing. Nothing is shown until `settle`. */
  take(message: Message): "taken" | "resync" | "ignored" {
    if (message.type === "error") {
      this.view = this.view.turned("refused", message.problem?.title ?? "this channel is refused");
      return "taken";
    }
    if (message.type === "snapshot") return this.begin(message);
    if (this.asked || this.seq < 0) return "ignored"; // a snapshot is on its way
    const seq = message.seq ?? this.seq + 1;
    if (seq <= this.seq) return "ignored"; // told already by the snapshot
    if (seq !== this.seq + 1) {
      this.asked = true;
      this.view = this.view.turned("stale");
      return "resync";
    }
    this.seq = seq;
    this.apply(message.data);
    this.stamp(message.ts);
    return "taken";
  }

  /** Makes the view of what came since; false when nothing did. */
  settle(): boolean {
    if (!this.changed) return false;
    this.changed = false;
    const state = this.asked || this.seq < 0 ? "stale" : "live";
    this.view = new Shown(state, this.shape === "log" ? this.log.slice() : undefined, this.shape === "keyed" ? this.table : EMPTY.byKey, this.value, this.ts, "");
    return true;
  }

  /** The line is down: what is shown stays, and says that it is old. */
  lost(): void {
    this.asked = false;
    this.seq = -1;
    if (this.view.state === "live") this.view = this.view.turned("stale");
  }

  private begin(message: Message): "taken" {
    this.seq = message.seq ?? 0;
    this.asked = false;
    this.table.clear();
    this.log = [];
    this.value = undefined;
    const data = message.data as { rows?: unknown[]; key?: string | string[]; most?: number } | undefined;
    if (Array.isArray(data?.rows)) {
      this.shape = data.key === undefined ? "log" : "keyed";
      this.key = data.key === undefined ? [] : [data.key].flat();
      this.most = data.most ?? LOG_MOST;
      if (this.shape === "keyed") this.put(data.rows);
      else this.append(data.rows);
    } else {
      this.shape = "value";
      this.value = message.data;
    }
    this.stamp(message.ts);
    return "taken";
  }

  private stamp(ts: number | undefined): void {
    this.ts = ts ?? this.ts;
    this.changed = true;
  }

  private apply(data: unknown): void {
    const told = data as { put?: unknown[]; drop?: unknown[]; add?: unknown[] };
    if (this.shape === "keyed") {
      told.drop?.forEach((key) => this.table.delete(Array.isArray(key) ? key.join("|") : String(key)));
      this.put(told.put ?? []);
    } else if (this.shape === "log") this.append(told.add ?? []);
    else this.value = data;
  }

  private put(rows: readonly unknown[]): void {
    for (const row of rows) this.table.set(keyOf(row as Row, this.key), row);
  }

  private append(rows: readonly unknown[]): void {
    for (const row of rows) this.log.push(row);
    if (this.log.length > this.most) this.log.splice(0, this.log.length - this.most);
  }
}

function keyOf(row: Row, names: readonly string[]): string {
  return names.length === 1 ? String(row[names[0] as string]) : names.map((name) => String(row[name])).join("|");
}
