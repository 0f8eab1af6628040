"use client";

import { useId, useState } from "react";
import { useApi, useCommand } from "@/shared/api";
import { Button, Check, Dialog, FailedLine, Select, TextField, toast, useForm, type Checks } from "@/shared/ui";
import { base64Of, bytesOf, dayNs } from "./sizes";

interface Opened {
  close: () => void;
  begun: () => void;
}

const TIMEFRAMES = ["1m", "5m", "15m", "1h", "4h", "1d"].map((one) => [one, one] as const);
const SYMBOL = /^[A-Za-z0-9._:/-]{1,40}$/;

interface Wanted {
  venue: string;
  symbol: string;
  timeframe: string;
  from: string;
  to: string;
}

const RIGHT: Checks<Wanted> = ({ venue, symbol, from, to }) => ({
  venue: venue ? undefined : "an exchange that ccxt knows",
  symbol: SYMBOL.test(symbol) ? undefined : "a symbol such as BTC/USDT",
  from: dayNs(from) === undefined || dayNs(from)! > Date.now() * 1e6 ? "a day in the past" : undefined,
  to: to && (dayNs(to) === undefined || dayNs(to)! <= (dayNs(from) ?? 0)) ? "a day after the first" : undefined,
});

/** History of an exchange into the lake. */
export function DownloadDialog({ close, begun }: Opened): React.ReactElement {
  const facts = useApi("/api/v1/data");
  const start = useCommand("post", "/api/v1/data/downloads", {
    changes: ["/api/v1/data"],
    onDone: () => {
      toast.done("The download has begun");
      begun();
      close();
    },
  });
  const form = useForm<Wanted>({ venue: "binance", symbol: "BTC/USDT", timeframe: "1h", from: "2024-01-01", to: "" }, RIGHT, start.problem);
  const list = useId();
  const send = (): void => {
    const { venue, symbol, timeframe, from, to } = form.values;
    if (!form.valid()) return;
    void start.run({ body: { venue, symbol, timeframe, from_ns: dayNs(from)!, to_ns: to ? dayNs(to)! : null } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Download history"
      about="Public bars of an exchange. What the lake has already is not fetched again; a download that stops goes on where it ended."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" icon="download" busy={start.busy} onClick={send}>
            Download
          </Button>
        </>
      }
    >
      <TextField label="Exchange" list={list} {...form.field("venue")} />
      <datalist id={list}>
        {(facts.data?.venues ?? []).map((venue) => (
          <option key={venue} value={venue} />
        ))}
      </datalist>
      <div className="grid grid-cols-2 gap-3">
        <TextField label="Symbol" {...form.field("symbol")} />
        <Select label="Bars of" options={TIMEFRAMES} {...form.field("timeframe")} />
        <TextField label="First day (UTC)" type="date" {...form.field("from")} />
        <TextField label="Last day (UTC), empty: until now" type="date" {...form.field("to")} />
      </div>
      <FailedLine problem={start.problem} />
    </Dialog>
  );
}

interface Sent {
  venue: string;
  symbol: string;
  timeframe: string;
  timezone: string;
}

const SENT: Checks<Sent> = ({ venue, symbol, timeframe }) => ({
  venue: /^[A-Za-z0-9._-]{1,40}$/.test(venue) ? undefined : "letters, digits, . _ and -",
  symbol: symbol === "" || SYMBOL.test(symbol) ? undefined : "a symbol such as BTC/USDT",
  timeframe: /^(\d{1,3}[smhdw])?$/.test(timeframe) ? undefined : "such as 5m or 1h, or nothing",
});

/** A file of bars into the lake. */
export function UploadDialog({ close, begun }: Opened): React.ReactElement {
  const facts = useApi("/api/v1/data");
  const [file, setFile] = useState<File>();
  const [wrong, setWrong] = useState<string>();
  const [repair, setRepair] = useState(false);
  const id = useId();
  const start = useCommand("post", "/api/v1/data/imports/upload", {
    changes: ["/api/v1/data"],
    onDone: () => {
      toast.done("The file is being imported");
      begun();
      close();
    },
  });
  const form = useForm<Sent>({ venue: "files", symbol: "", timeframe: "", timezone: "UTC" }, SENT, start.problem);
  const most = facts.data?.file_bytes_max ?? 0;
  const choose = (chosen: File | undefined): void => {
    setFile(chosen);
    const fits = chosen === undefined || (chosen.size <= most && /\.(csv|parquet|json|jsonl)$/.test(chosen.name));
    setWrong(fits ? undefined : `csv, parquet, json or jsonl of at most ${bytesOf(most)}; larger ones by parrot data import`);
  };
  const send = async (): Promise<void> => {
    if (!file) setWrong("choose a file");
    if (!file || wrong || !form.valid()) return;
    const content = base64Of(new Uint8Array(await file.arrayBuffer()));
    void start.run({ body: { ...form.values, name: file.name, content, repair } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Import a file"
      about="Bars as CSV, Parquet or JSON: a time and open, high, low, close, volume. Columns are known by their usual names."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={start.busy} onClick={() => void send()}>
            Import
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-small text-soft">
          File
        </label>
        <input id={id} type="file" accept=".csv,.parquet,.json,.jsonl" className="control !h-auto w-full py-1" aria-invalid={wrong ? true : undefined} onChange={(event) => choose(event.target.files?.[0])} />
        <span className={wrong ? "text-small text-loss" : "text-small text-faint"}>{wrong ?? (most ? `at most ${bytesOf(most)}` : "")}</span>
      </div>
      <div className="grid grid-cols-2 gap-3">
        <TextField label="Symbol, if the file does not say" placeholder="BTC/USDT" {...form.field("symbol")} />
        <TextField label="Where it is from" {...form.field("venue")} />
        <TextField label="Bars of, if not clear" placeholder="1h" {...form.field("timeframe")} />
        <TextField label="Time zone of times without one" {...form.field("timezone")} />
      </div>
      <Check label="Repair" hint="Sorts rows, keeps one of each time, drops what is no bar. Each repair is told." value={repair} onChange={setRepair} />
      <FailedLine problem={start.problem} />
    </Dialog>
  );
}
