"use client";

import { useMemo, useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { amountFault } from "@/shared/format";
import { Answered, Button, Dialog, Empty, FailedLine, NumberField, Select, TextField, toast, useForm, type Checks } from "@/shared/ui";
import { ParameterForm } from "@/features/research/parameter-form";
import { changed, filled, wrongs } from "@/features/research/parameters";

type Catalogue = Answer<"/api/v1/strategies/catalogue", "get">;
type Version = Answer<"/api/v1/strategies/{strategy}/versions", "get">["items"][number];

interface Given {
  strategy: string;
  symbols: string;
  timeframe: string;
  cash: string;
  note: string;
}

const CHECKS: Checks<Given> = ({ strategy, symbols, timeframe, cash }) => ({
  strategy: /^[a-z0-9][a-z0-9_-]{0,39}$/.test(strategy) ? undefined : "small letters, digits, - and _, at most 40",
  symbols: symbols.trim() ? undefined : "at least one, such as BTC/USDT",
  timeframe: /^(\d{1,5}(ns|us|ms|s|m|h|d|w))?$/.test(timeframe) ? undefined : "write a length such as 5s or 1m, or leave it empty for ticks alone",
  cash: amountFault(cash),
});

/** Another version of a strategy, or the first of a new one: its file, parameters, markets and size. It is tried out before it counts. */
export function Register({ onClose, of }: { onClose: () => void; of?: { strategy: string; newest: Version } }): React.ReactElement {
  const files = useApi("/api/v1/strategies/catalogue");
  const title = of ? `New version of ${of.strategy}` : "New strategy";
  if (!files.data) {
    return (
      <Dialog open onOpenChange={onClose} title={title} width="medium">
        <Answered of={files}>{() => null}</Answered>
      </Dialog>
    );
  }
  return <Filled title={title} files={files.data} of={of} onClose={onClose} />;
}

function Filled({ title, files, of, onClose }: { title: string; files: Catalogue; of: { strategy: string; newest: Version } | undefined; onClose: () => void }): React.ReactElement {
  const held = useMemo(() => files.items.flatMap((file) => file.strategies.map((facts) => ({ key: `${file.id}:${facts.name}`, file: file.id, facts }))), [files]);
  const first = held.find(({ file }) => file === of?.newest.file) ?? held[0];
  const [key, setKey] = useState(first?.key ?? "");
  const chosen = held.find((one) => one.key === key);
  const parameters = chosen?.facts.parameters ?? [];
  const [values, setValues] = useState(() => filled(first?.facts.parameters ?? [], of?.newest.parameters));
  const register = useCommand("post", "/api/v1/strategies", {
    changes: ["/api/v1/strategies"],
    onDone: () => {
      toast.done(of ? `Version ${of.newest.version + 1} of ${of.strategy} is registered` : "It is registered; start it when you like");
      onClose();
    },
  });
  const form = useForm<Given>(
    {
      strategy: of?.strategy ?? "",
      symbols: of?.newest.symbols.join(", ") ?? "BTC/USDT",
      timeframe: of?.newest.timeframe ?? "5s",
      cash: of?.newest.cash ?? "10000",
      note: "",
    },
    CHECKS,
    register.problem,
  );
  const wrong = Object.keys(wrongs(parameters, values)).length > 0;
  if (!chosen) {
    return (
      <Dialog open onOpenChange={onClose} title={title}>
        <Empty title="No strategy files">Put a file into the folder &quot;catalogue&quot; of the data directory; parrot strategy new writes one to start from.</Empty>
      </Dialog>
    );
  }
  const send = (): void => {
    if (!form.valid() || wrong) return;
    const { strategy, symbols, timeframe, cash, note } = form.values;
    const named = symbols.split(",").map((one) => one.trim()).filter(Boolean);
    void register.run({ body: { strategy, timeframe, cash, note, symbols: named, file: chosen.file, name: chosen.facts.name, parameters: changed(parameters, values), parent: of?.newest.version ?? 0, path: "", code_hash: "", by: "" } });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      width="medium"
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" busy={register.busy} disabled={wrong} onClick={send}>
            {of ? "Register the version" : "Register"}
          </Button>
        </>
      }
    >
      <Select
        label="File and class"
        value={key}
        onChange={(next) => {
          register.reset();
          setKey(next);
          setValues(filled(held.find((one) => one.key === next)?.facts.parameters ?? []));
        }}
        options={held.map((one) => [one.key, `${one.facts.name}  (${one.file})`] as const)}
        hint={chosen.facts.doc}
      />
      <div className="grid grid-cols-1 gap-3 md:grid-cols-2">
        {of ? null : <TextField label="Id" hint="stands on its orders: my-idea" autoComplete="off" {...form.field("strategy")} />}
        <TextField label="Markets" hint="with commas between" {...form.field("symbols")} />
        <TextField label="Length of bars" hint={chosen.facts.feeds.includes("bars") ? "it takes bars: 5s, 1m" : "it takes no bars: leave it empty"} {...form.field("timeframe")} />
        <NumberField label="Cash of its book" {...form.field("cash")} />
      </div>
      <ParameterForm parameters={parameters} values={values} onChange={(next) => { register.reset(); setValues(next); }} />
      <TextField label="Why this version" hint="stands beside it" {...form.field("note")} />
      <FailedLine problem={form.refused} />
    </Dialog>
  );
}
