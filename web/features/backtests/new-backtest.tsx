"use client";

import { useMemo, useState } from "react";
import { useApi, useCommand, type Answer, type BodyOf } from "@/shared/api";
import { amountFault } from "@/shared/format";
import { Answered, Button, Check, Choice, Dialog, Empty, FailedLine, NumberField, Select, TextField, toast, useForm, type Checks } from "@/shared/ui";
import { ParameterForm } from "@/features/research/parameter-form";
import { changed, filled, wrongs } from "@/features/research/parameters";

type Catalogue = Answer<"/api/v1/strategies/catalogue", "get">;
type Datasets = Answer<"/api/v1/backtests/sources", "get">;
type Asked = NonNullable<BodyOf<"/api/v1/backtests", "post">>;

interface Terms {
  cash: string;
  fees: string;
  slippage: string;
  account: "cash" | "margin";
  start: string;
  end: string;
  bounds: boolean;
}

const RATE = /^\d{1,4}(\.\d{1,6})?(bp|%)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const STEPS = [
  ["strategy", "1 Strategy"],
  ["data", "2 Data"],
  ["costs", "3 Costs"],
] as const;

const CHECKS: Checks<Terms> = ({ cash, fees, slippage, start, end }) => ({
  cash: amountFault(cash),
  fees: RATE.test(fees) ? undefined : "write a rate such as 5bp or 0.05%",
  slippage: RATE.test(slippage) ? undefined : "write a rate such as 1bp or 0.01%",
  start: start === "" || DAY.test(start) ? undefined : "write a day such as 2024-01-31",
  end: end === "" || DAY.test(end) ? (start !== "" && end !== "" && start >= end ? "the end is not behind the start" : undefined) : "write a day such as 2024-01-31",
});

/** A new back-test in three steps at most; every step has what usually fits, so it can be run from each. `start` names a file. */
export function NewBacktest({ onClose, onStarted, start, like }: { onClose: () => void; onStarted: (job_id: string) => void; start?: string | null; like?: Asked }): React.ReactElement {
  const files = useApi("/api/v1/strategies/catalogue");
  const data = useApi("/api/v1/backtests/sources");
  if (!files.data || !data.data) {
    return (
      <Dialog open onOpenChange={onClose} title="New back-test" width="medium">
        <Answered of={files.data ? data : files}>{() => null}</Answered>
      </Dialog>
    );
  }
  return <Chosen onClose={onClose} onStarted={onStarted} files={files.data} data={data.data} start={start ?? ""} like={like} />;
}

interface Held {
  file: string;
  name: string;
}

function Chosen({ onClose, onStarted, files, data, start, like }: { onClose: () => void; onStarted: (job_id: string) => void; files: Catalogue; data: Datasets; start: string; like: Asked | undefined }): React.ReactElement {
  const held = useMemo(() => files.items.flatMap((file) => file.strategies.map((facts) => ({ key: `${file.id}:${facts.name}`, file: file.id, facts }))), [files]);
  const first = held.find(({ file, facts }) => (like ? file === like.file && (!like.name || facts.name === like.name) : file === start)) ?? held.find(({ file }) => file === "examples/sma_cross.py") ?? held[0];
  const [step, setStep] = useState<(typeof STEPS)[number][0]>("strategy");
  const [chosen, setChosen] = useState<Held>({ file: first?.file ?? "", name: first?.facts.name ?? "" });
  const facts = held.find(({ file, facts: one }) => file === chosen.file && one.name === chosen.name)?.facts;
  const [values, setValues] = useState<Record<string, string>>(() => filled(first?.facts.parameters ?? [], like?.parameters));
  const usual = data.items.find(({ kind }) => kind === "demo")?.source ?? data.items[0]?.source ?? "";
  const [sources, setSources] = useState<readonly string[]>(() => (like ? like.data.filter((source) => data.items.some((one) => one.source === source)) : usual ? [usual] : []));
  const run = useCommand("post", "/api/v1/backtests", {
    changes: ["/api/v1/jobs"],
    onDone: (job) => {
      toast.done(`${job.title}: its report opens when it is done`);
      onStarted(job.id);
    },
  });
  const form = useForm<Terms>(
    {
      cash: String(like?.cash ?? "100000"),
      fees: like?.fees ?? "5bp",
      slippage: like?.slippage ?? "1bp",
      account: like?.account ?? "cash",
      start: like?.start ?? "",
      end: like?.end ?? "",
      bounds: like?.bounds ?? false,
    },
    CHECKS,
    run.problem,
  );
  const wrong = Object.keys(wrongs(facts?.parameters ?? [], values)).length > 0;
  const choose = (key: string): void => {
    const found = held.find((one) => one.key === key);
    if (!found) return;
    run.reset();
    setChosen({ file: found.file, name: found.facts.name });
    setValues(filled(found.facts.parameters));
  };
  const send = (): void => {
    if (wrong) return setStep("strategy");
    if (sources.length === 0) return setStep("data");
    if (!form.valid()) {
      const { start: begun, end } = CHECKS(form.values);
      return setStep(begun || end ? "data" : "costs");
    }
    void run.run({ body: { ...form.values, file: chosen.file, name: chosen.name, data: [...sources], parameters: changed(facts?.parameters ?? [], values) } });
  };
  if (!first) {
    return (
      <Dialog open onOpenChange={onClose} title="New back-test">
        <Empty title="No strategy files">Put a file into the folder &quot;catalogue&quot; of the data directory; parrot strategy new writes one to start from.</Empty>
      </Dialog>
    );
  }
  const at = STEPS.findIndex(([key]) => key === step);
  const next = STEPS[at + 1];
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New back-test"
      width="medium"
      foot={
        <>
          {at > 0 ? (
            <Button className="mr-auto" onClick={() => setStep(STEPS[at - 1]?.[0] ?? "strategy")}>
              Back
            </Button>
          ) : null}
          {next ? <Button onClick={() => setStep(next[0])}>{next[1].slice(2)} next</Button> : null}
          <Button kind="primary" icon="play" busy={run.busy} disabled={wrong || sources.length === 0} onClick={send}>
            Run back-test
          </Button>
        </>
      }
    >
      <Choice label="Step" bare value={step} onChange={setStep} options={STEPS} />
      {step === "strategy" ? (
        <>
          <Select label="Strategy" value={`${chosen.file}:${chosen.name}`} onChange={choose} options={held.map(({ key, file, facts: one }) => [key, `${one.name}  (${file})`] as const)} hint={facts?.doc} />
          {facts && facts.trials > 0 ? <p className="text-small text-soft">{facts.trials === 1 ? "One back-test of it is kept." : `${facts.trials} back-tests of it are kept: the more were tried, the likelier the best one is luck.`}</p> : null}
          <ParameterForm parameters={facts?.parameters ?? []} values={values} onChange={(next) => { run.reset(); setValues(next); }} />
        </>
      ) : step === "data" ? (
        <DataStep data={data} sources={sources} setSources={(next) => { run.reset(); setSources(next); }} form={form} />
      ) : (
        <div className="grid grid-cols-1 gap-3 md:grid-cols-2">
          <NumberField label="Cash to begin with" {...form.field("cash")} />
          <Choice label="Account" value={form.values.account} onChange={(account) => form.set("account", account)} options={[["cash", "Cash"], ["margin", "Margin"]]} />
          <TextField label="Fees of each fill" hint="of its value: 5bp, 0.05%" {...form.field("fees")} />
          <TextField label="Slippage" hint="added to each market price: 1bp, 0.01%" {...form.field("slippage")} />
          <Check label="Also at best and at worst" hint="what the bars would allow if fills went for or against you; takes three times as long" value={form.values.bounds} onChange={(bounds) => form.set("bounds", bounds)} />
        </div>
      )}
      <FailedLine problem={form.refused} />
    </Dialog>
  );
}

interface DataShape {
  data: Datasets;
  sources: readonly string[];
  setSources: (sources: readonly string[]) => void;
  form: ReturnType<typeof useForm<Terms>>;
}

const KINDS: Record<string, string> = { demo: "Demo market: made by chance, the same on every machine", recorded: "Recorded by this platform", lake: "Lake", file: "Files of the data folder" };

function DataStep({ data, sources, setSources, form }: DataShape): React.ReactElement {
  const flip = (source: string, on: boolean): void => setSources(on ? [...sources, source] : sources.filter((one) => one !== source));
  const full = sources.length >= 10;
  return (
    <>
      <div className="flex max-h-[40vh] flex-col gap-3 overflow-y-auto">
        {Object.entries(KINDS).map(([kind, title]) => {
          const rows = data.items.filter((one) => one.kind === kind);
          if (rows.length === 0) return null;
          return (
            <fieldset key={kind} className="min-w-0">
              <legend className="mb-1 text-small text-soft">{title}</legend>
              <div className="grid grid-cols-1 gap-1 md:grid-cols-2">
                {rows.map((one) => (
                  <Check
                    key={one.source}
                    label={`${one.symbol} ${one.timeframe}`}
                    hint={one.rows ? `${one.rows.toLocaleString("en-US")} bars` : one.source}
                    value={sources.includes(one.source)}
                    disabled={full && !sources.includes(one.source)}
                    onChange={(on) => flip(one.source, on)}
                  />
                ))}
              </div>
            </fieldset>
          );
        })}
      </div>
      {sources.length === 0 ? <p className="text-warn">Choose at least one series.</p> : null}
      <div className="grid grid-cols-2 gap-3">
        <TextField label="From day (UTC)" placeholder="all" hint="2024-01-31, or empty" {...form.field("start")} />
        <TextField label="Up to day (UTC)" placeholder="all" hint="not included, or empty" {...form.field("end")} />
      </div>
    </>
  );
}
