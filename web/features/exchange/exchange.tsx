"use client";

import { useState } from "react";
import { useCommand, type Answer } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { divide, multiply, round, subtract } from "@/shared/format";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, Card, Confirm, Count, DataTable, Empty, Facts, FailedLine, Figure, Grid, Money, NumberField, Page, Percent, Price, Quantity, Tabs, copyText, toast, useForm, Dialog, type Checks, type Column } from "@/shared/ui";
import { ExchangeFaults } from "./faults";
import { ExchangeKeys } from "./keys";

export type State = Answer<"/api/v1/exchange", "get">;
type SymbolRow = State["symbols"][number];
type Member = State["crowd"][number];

/** Change of the last day, in per cent of where it began. */
export function changeOf(one: { last: string; open: string }): string | null {
  const part = divide(subtract(one.last, one.open), one.open, 8);
  return part === undefined ? null : multiply(part, "100");
}

/** An amount with as many places as another. */
export function asPrecise(value: string, like: string): string {
  return round(value, like.split(".")[1]?.length ?? 0);
}

const SYMBOLS: readonly Column<SymbolRow>[] = [
  { key: "symbol", title: "Symbol", width: 110, value: (one) => one.symbol },
  { key: "phase", title: "Phase", width: 100, value: (one) => one.phase, cell: (one) => <Badge tone={one.phase === "continuous" ? "gain" : "warn"}>{one.phase === "continuous" ? "trading" : one.phase}</Badge> },
  { key: "last", title: "Last", number: true, width: 120, value: (one) => one.last, cell: (one) => <Price value={one.last} /> },
  { key: "change", title: "Change, a day", number: true, width: 110, value: changeOf, cell: (one) => <Percent value={changeOf(one)} percent change /> },
  { key: "volume", title: "Volume", number: true, width: 120, value: (one) => one.quote_volume, cell: (one) => <Money value={one.quote_volume} currency={one.quote} short />, wide: true },
  { key: "trades", title: "Trades", number: true, width: 90, value: (one) => one.trades, cell: (one) => <Count value={one.trades} />, wide: true },
  { key: "fair", title: "Crowd's value", number: true, value: (one) => one.fair, cell: (one) => <Price value={asPrecise(one.fair, one.last)} />, hidden: true },
  { key: "volatility", title: "Volatility", number: true, width: 120, value: (one) => one.volatility, cell: (one) => `${(one.volatility * 100).toFixed(0)} % a year`, wide: true },
  { key: "pace", title: "Takers", number: true, width: 120, value: (one) => one.pace, cell: (one) => `${one.pace} a second`, wide: true },
  { key: "spread", title: "Spread", number: true, width: 90, value: (one) => one.spread_bps, cell: (one) => `${one.spread_bps} bps`, wide: true },
  { key: "shocks", title: "Shocks an hour", number: true, hidden: true, value: (one) => one.shocks },
];

const CROWD: readonly Column<Member>[] = [
  { key: "name", title: "Agent", width: 130, value: (one) => one.name },
  { key: "kind", title: "What it does", width: 220, value: (one) => KINDS[one.kind] ?? one.kind },
  { key: "symbol", title: "Symbol", width: 120, value: (one) => one.symbol },
  { key: "inventory", title: "Inventory", number: true, width: 140, value: (one) => (one.kind === "maker" ? one.inventory : null), cell: (one) => <Quantity value={one.kind === "maker" ? one.inventory : null} /> },
  { key: "standing", title: "Orders standing", number: true, width: 140, value: (one) => (one.kind === "maker" ? one.standing : null), wide: true },
];
const KINDS: Record<string, string> = { maker: "quotes both sides", noise: "comes at random", trend: "follows moves" };

/** The simulated exchange: symbols and halts, the crowd, the port for other clients with its faults and keys. */
export function Exchange(): React.ReactElement {
  const state = useFollowed("/api/v1/exchange", "exchange");
  return (
    <Page title="Exchange" fill about="The simulated exchange that this platform trades on, and others may.">
      <Answered of={state} rows={8}>
        {(found) => (found.available ? <Floor state={found} /> : <Empty title="No simulated exchange here">This platform trades on a real venue. The simulated exchange is there when [venue] kind is &quot;paper&quot; in settings.toml.</Empty>)}
      </Answered>
    </Page>
  );
}

function Floor({ state }: { state: State }): React.ReactElement {
  const mayWrite = useMay("exchange:write");
  const [tab, setTab] = useState("symbols");
  const [tuned, setTuned] = useState<SymbolRow>();
  const [halted, setHalted] = useState<SymbolRow>();
  const phase = useCommand("put", "/api/v1/exchange/phase", {
    changes: ["/api/v1/exchange"],
    onDone: () => setHalted(undefined),
  });
  return (
    <div className="flex h-full min-h-0 flex-col gap-3">
      <Port state={state} mayWrite={mayWrite} />
      <Card flush fill className="min-h-[340px]">
        <Tabs
          label="Exchange"
          fill
          value={tab}
          onChange={setTab}
          tabs={[
            {
              key: "symbols",
              label: "Symbols",
              content: (
                <DataTable
                  id="exchange-symbols"
                  label="symbols"
                  rows={state.symbols}
                  columns={SYMBOLS}
                  rowKey={(one) => one.symbol}
                  {...(mayWrite ? { onOpen: setTuned } : {})}
                  acts={(one) =>
                    mayWrite ? (
                      one.phase === "halted" ? (
                        <Button small icon="play" busy={phase.busy} onClick={() => void phase.run({ body: { symbol: one.symbol, phase: "continuous" } })} aria-label={`Let ${one.symbol} trade`}>
                          Resume
                        </Button>
                      ) : (
                        <Button small icon="pause" onClick={() => setHalted(one)} aria-label={`Halt ${one.symbol}`}>
                          Halt
                        </Button>
                      )
                    ) : null
                  }
                />
              ),
            },
            { key: "crowd", label: "Crowd", content: <DataTable id="exchange-crowd" label="agents" rows={state.crowd} columns={CROWD} rowKey={(one) => `${one.name} ${one.symbol}`} /> },
            { key: "faults", label: "Faults", content: <ExchangeFaults open={state.url !== ""} mayWrite={mayWrite} /> },
            { key: "keys", label: "Keys and test funds", content: <ExchangeKeys state={state} mayWrite={mayWrite} /> },
          ]}
        />
      </Card>
      {tuned ? <Tune one={tuned} close={() => setTuned(undefined)} /> : null}
      <Confirm
        open={halted !== undefined}
        onOpenChange={() => setHalted(undefined)}
        title={`Halt ${halted?.symbol ?? ""}`}
        action="Halt it"
        busy={phase.busy}
        problem={phase.problem}
        onConfirm={() => halted && void phase.run({ body: { symbol: halted.symbol, phase: "halted", reason: "from the screen" } })}
      >
        Nobody can trade it, strategies of this platform neither: new orders are refused, orders that stand wait. It lasts over a restart, until you let it go on.
      </Confirm>
    </div>
  );
}

function Port({ state, mayWrite }: { state: State; mayWrite: boolean }): React.ReactElement {
  const set = useCommand("put", "/api/v1/exchange/port", { changes: ["/api/v1/exchange"] });
  const copied = async (): Promise<void> => {
    if (await copyText(state.url)) toast.done("Copied", state.url);
  };
  return (
    <Card>
      <Grid>
        <div className="col-span-12 flex flex-wrap items-center gap-x-8 gap-y-3">
          <Figure label="Port for other clients">{state.url ? <span className="text-large">{state.url}</span> : <span className="text-large text-soft">closed</span>}</Figure>
          {state.url ? (
            <>
              <Figure label="Open connections">
                <Count value={state.sockets} />
              </Figure>
              <Figure label="Requests">
                <Count value={state.requests} />
              </Figure>
            </>
          ) : (
            <p className="max-w-[60ch] text-soft">
              Bots written for Binance Spot trade here unchanged, by REST and WebSocket. The port opens on this machine only, until the platform ends; to keep it, write <code className="rounded-small bg-raised px-1">{state.line.replace("\n", "  ")}</code> into settings.toml.
            </p>
          )}
          <div className="ml-auto flex gap-2 phone:ml-0">
            {state.url ? (
              <Button icon="copy" onClick={() => void copied()}>
                Copy address
              </Button>
            ) : null}
            {mayWrite ? (
              <Button kind={state.url ? "plain" : "primary"} busy={set.busy} onClick={() => void set.run({ body: { open: state.url === "" } })}>
                {state.url ? "Close the port" : "Open the port"}
              </Button>
            ) : null}
          </div>
          <FailedLine problem={set.problem} />
        </div>
      </Grid>
    </Card>
  );
}

interface Mood {
  volatility: string;
  pace: string;
  spread_bps: string;
  shocks: string;
}

const between = (text: string, low: number, high: number, words: string, lowIs = true): string | undefined => {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) && (lowIs ? value >= low : value > low) && value <= high ? undefined : words;
};

const MOOD: Checks<Mood> = ({ volatility, pace, spread_bps, shocks }) => ({
  volatility: between(volatility, 0, 1_999, "from 0 to below 2000 % a year"),
  pace: between(pace, 0, 100, "above 0, at most 100 a second", false),
  spread_bps: between(spread_bps, 0, 999, "above 0, below 1000", false),
  shocks: between(shocks, 0, 3_600, "from 0 to 3600 an hour"),
});

function Tune({ one, close }: { one: SymbolRow; close: () => void }): React.ReactElement {
  const set = useCommand("put", "/api/v1/exchange/crowd", {
    changes: ["/api/v1/exchange"],
    onDone: () => {
      toast.done(`The crowd of ${one.symbol} is another now`);
      close();
    },
  });
  const form = useForm<Mood>({ volatility: String(Math.round(one.volatility * 1e4) / 100), pace: String(one.pace), spread_bps: String(one.spread_bps), shocks: String(one.shocks) }, MOOD, set.problem);
  const send = (): void => {
    if (!form.valid()) return;
    const { volatility, pace, spread_bps, shocks } = form.values;
    void set.run({ body: { symbol: one.symbol, volatility: Number(volatility) / 100, pace: Number(pace), spread_bps: Number(spread_bps), shocks: Number(shocks) } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`Crowd of ${one.symbol}`}
      about="How the others behave from now on, until the platform ends. Prices stay where they are."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={set.busy} onClick={send}>
            Change the crowd
          </Button>
        </>
      }
    >
      <Facts items={[["Usual order", <Quantity key="s" value={one.size} unit={one.base} />], ["Worth, as the crowd sees it", <Price key="f" value={asPrecise(one.fair, one.last)} currency={one.quote} />]]} />
      <NumberField label="Volatility, a year" unit="%" {...form.field("volatility")} />
      <NumberField label="Takers a second" {...form.field("pace")} />
      <NumberField label="Makers' spread" unit="bps" {...form.field("spread_bps")} />
      <NumberField label="Sudden moves an hour" {...form.field("shocks")} />
      <FailedLine problem={set.problem} />
    </Dialog>
  );
}

