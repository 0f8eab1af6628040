"use client";

import { useMemo, useState } from "react";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { written } from "@/shared/format";
import { Badge, Button, Confirm, DataTable, Dialog, Empty, Facts, FailedLine, NumberField, Quantity, Select, Tabs, Time, Typed, toast, useForm, type Column } from "@/shared/ui";
import { gridFaults, gridGap, gridPlan, ladderFaults, ladderPlan, ladderTotal, type GridForm, type LadderForm } from "./group-logic";

type Group = Answer<"/api/v1/groups", "get">["items"][number];

const TONES = { working: "accent", ending: "warn", ended: "neutral" } as const;
const CHANGES = ["/api/v1/groups", "/api/v1/orders"];
const COLUMNS: readonly Column<Group>[] = [
  { key: "group_id", title: "Group", value: (g) => g.group_id, number: true, width: 72 },
  { key: "ts", title: "Placed", value: (g) => g.ts, cell: (g) => <Time ns={g.ts} />, width: 176, wide: true },
  { key: "form", title: "Form", value: (g) => g.form, width: 72 },
  { key: "symbol", title: "Symbol", value: (g) => g.symbol, width: 88 },
  { key: "status", title: "State", value: (g) => g.status, cell: (g) => <Badge tone={TONES[g.status as keyof typeof TONES] ?? "neutral"}>{g.status}</Badge>, width: 88 },
  { key: "orders", title: "Open orders", number: true, value: (g) => g.orders.length, width: 96 },
  { key: "fills", title: "Fills", number: true, value: (g) => g.fills, width: 72 },
  { key: "held", title: "Holds", number: true, value: (g) => g.held, cell: (g) => <Quantity value={g.held} unit={g.symbol.split("/")[0]} />, width: 120 },
  { key: "cash", title: "Cash", number: true, value: (g) => g.cash, cell: (g) => <Quantity value={g.cash} places={2} change unit={g.symbol.split("/")[1]} />, width: 136, wide: true },
  { key: "strategy", title: "By", value: (g) => g.strategy, width: 96, wide: true },
  { key: "reason", title: "Reason", value: (g) => g.reason, cell: (g) => <Typed>{g.reason}</Typed>, width: 160, wide: true },
];
const KEY = (group: Group): string => String(group.group_id);

/** Grids and ladders: placed, looked at and ended as one. */
export function Groups({ mayTrade, onOpen }: { mayTrade: boolean; onOpen: (order: { order_id: number }) => void }): React.ReactElement {
  const pages = usePages("/api/v1/groups", { query: { limit: 200 } });
  const [making, setMaking] = useState(false);
  const [looking, setLooking] = useState<number>();
  const looked = pages.rows.find(({ group_id }) => group_id === looking);
  const add = <Button small icon="plus" onClick={() => setMaking(true)}>New group</Button>;
  return (
    <>
      <DataTable id="groups" label="groups" rows={pages.rows} columns={COLUMNS} rowKey={KEY} sort={{ key: "group_id", down: true }} onOpen={(group) => setLooking(group.group_id)} chosen={looking === undefined ? undefined : String(looking)} loading={pages.loading} problem={pages.problem} onRetry={pages.refetch} onEnd={pages.more ? pages.fetchMore : undefined} tools={mayTrade ? add : undefined} empty={<Empty title="No groups yet" action={mayTrade ? add : undefined}>A grid trades between two prices again and again; a ladder buys the dips and sells the average.</Empty>} />
      {making ? <NewGroup onClose={() => setMaking(false)} /> : null}
      {looked ? <GroupOf group={looked} mayTrade={mayTrade} onOpen={onOpen} onClose={() => setLooking(undefined)} /> : null}
    </>
  );
}

function GroupOf({ group, mayTrade, onOpen, onClose }: { group: Group; mayTrade: boolean; onOpen: (order: { order_id: number }) => void; onClose: () => void }): React.ReactElement {
  const [sure, setSure] = useState(false);
  const end = useCommand("delete", "/api/v1/groups/{group_id}", { changes: CHANGES, onDone: () => { setSure(false); toast.done(`Group ${group.group_id} was asked to end`); } });
  return (
    <Dialog open onOpenChange={onClose} width="medium" title={`Group ${group.group_id}`} foot={mayTrade && group.status === "working" ? <Button kind="danger" onClick={() => setSure(true)}>End the group</Button> : undefined}>
      <Facts
        items={[
          ["State", `${group.status}${group.reason ? `: ${group.reason}` : ""}`],
          ...Object.entries(group.plan).filter(([name, value]) => name !== "type" && value !== null).map(([name, value]) => [name.replace(/_/g, " "), <span key={name} className="number">{written(String(value))}</span>] as const),
          ["Fills", String(group.fills)],
          ["Holds", <Quantity key="held" value={group.held} />],
          ["Cash", <Quantity key="cash" value={group.cash} places={2} change />],
        ]}
      />
      {group.orders.length > 0 ? (
        <div>
          <h3 className="mb-1 font-strong">Open orders</h3>
          <div className="flex flex-wrap gap-2">
            {group.orders.map((order_id) => (
              <Button key={order_id} small onClick={() => onOpen({ order_id })}>{order_id}</Button>
            ))}
          </div>
        </div>
      ) : null}
      {Object.entries(group.stopped).map(([place, why]) => (
        <p key={place} className="text-soft">Place {place} stopped: <Typed>{why}</Typed></p>
      ))}
      <Confirm open={sure} onOpenChange={setSure} title={`End group ${group.group_id}`} action="End the group" busy={end.busy} problem={end.problem} onConfirm={() => void end.run({ params: { group_id: group.group_id } as never, body: {} as never })}>
        Its open orders are withdrawn. What it holds stays, and so do stops that protect it.
      </Confirm>
    </Dialog>
  );
}

function NewGroup({ onClose }: { onClose: () => void }): React.ReactElement {
  const [form, setForm] = useState("grid");
  const [key] = useState(() => crypto.randomUUID());
  const command = useCommand("post", "/api/v1/groups", { changes: CHANGES, onDone: (answer) => { toast.done(`Group ${answer.group_id ?? ""} was placed`); onClose(); } });
  const send = (plan: Record<string, unknown>): void => void command.run({ body: { key, plan } as never });
  const shape = { problem: command.problem, busy: command.busy, onSend: send, onClose };
  return (
    <Dialog open onOpenChange={onClose} width="medium" title="New group">
      <Tabs label="Form of the group" value={form} onChange={setForm} tabs={[{ key: "grid", label: "Grid", content: <GridOf {...shape} /> }, { key: "ladder", label: "Ladder", content: <LadderOf {...shape} /> }]} />
    </Dialog>
  );
}

interface PlanShape {
  problem: ReturnType<typeof useCommand>["problem"];
  busy: boolean;
  onSend: (plan: Record<string, unknown>) => void;
  onClose: () => void;
}

const GRID: GridForm = { symbol: "", low: "", high: "", levels: "11", quantity: "", spacing: "arithmetic", start: "both" };
const LADDER: LadderForm = { symbol: "", side: "buy", quantity: "", limit: "", safety_orders: "5", safety_quantity: "", deviation: "1", gap_scale: "1", quantity_scale: "1", take: "1", stop: "", rounds: "1" };

function useSymbols(): readonly (readonly [string, string])[] {
  const markets = useApi("/api/v1/markets");
  return useMemo(() => [["", "Choose"] as const, ...(markets.data?.items ?? []).map(({ symbol }) => [symbol, symbol] as const)], [markets.data]);
}

function Foot({ busy, problem, onClose, said }: { busy: boolean; problem: unknown; onClose: () => void; said?: string | undefined }): React.ReactElement {
  return (
    <>
      {said ? <p className="text-soft">{said}</p> : null}
      <FailedLine problem={problem} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Leave it</Button>
        <Button type="submit" kind="primary" busy={busy}>Place the group</Button>
      </div>
    </>
  );
}

function GridOf({ problem, busy, onSend, onClose }: PlanShape): React.ReactElement {
  const form = useForm<GridForm>(GRID, gridFaults, problem);
  const symbols = useSymbols();
  const gap = gridGap(form.values);
  return (
    <form className="flex flex-col gap-3 pt-3" onSubmit={(event) => { event.preventDefault(); if (form.valid()) onSend(gridPlan(form.values)); }}>
      <Select label="Symbol" {...form.field("symbol")} options={symbols} />
      <div className="grid grid-cols-2 gap-3">
        <NumberField label="Lowest price" {...form.field("low")} />
        <NumberField label="Highest price" {...form.field("high")} />
        <NumberField label="Prices" {...form.field("levels")} hint={gap ? `${written(gap)} apart` : undefined} />
        <NumberField label="Quantity of each" {...form.field("quantity")} />
        <Select label="Spacing" {...form.field("spacing")} options={[["arithmetic", "Equal distances"], ["geometric", "Equal ratios"]]} />
        <Select label="Begins with" {...form.field("start")} options={[["both", "Buys below, sells what is held"], ["buy", "Buys"], ["sell", "Sells"]]} />
      </div>
      <Foot busy={busy} problem={problem} onClose={onClose} />
    </form>
  );
}

function LadderOf({ problem, busy, onSend, onClose }: PlanShape): React.ReactElement {
  const form = useForm<LadderForm>(LADDER, ladderFaults, problem);
  const symbols = useSymbols();
  const total = ladderTotal(form.values);
  return (
    <form className="flex flex-col gap-3 pt-3" onSubmit={(event) => { event.preventDefault(); if (form.valid()) onSend(ladderPlan(form.values)); }}>
      <div className="grid grid-cols-2 gap-3">
        <Select label="Symbol" {...form.field("symbol")} options={symbols} />
        <Select label="Side" {...form.field("side")} options={[["buy", "Buys the dips"], ["sell", "Sells the rises"]]} />
        <NumberField label="First order" {...form.field("quantity")} />
        <NumberField label="Its limit" {...form.field("limit")} placeholder="at the market" />
        <NumberField label="Safety orders" {...form.field("safety_orders")} />
        <NumberField label="Quantity of a safety order" {...form.field("safety_quantity")} placeholder="as the first" />
        <NumberField label="Distance" unit="%" {...form.field("deviation")} />
        <NumberField label="Each gap times" {...form.field("gap_scale")} />
        <NumberField label="Each quantity times" {...form.field("quantity_scale")} />
        <NumberField label="Take above the average" unit="%" {...form.field("take")} />
        <NumberField label="Stop at" {...form.field("stop")} placeholder="none" />
        <NumberField label="Rounds" {...form.field("rounds")} hint="0: until it is ended" />
      </div>
      <Foot busy={busy} problem={problem} onClose={onClose} said={total ? `All of it together: ${written(total)} ${form.values.symbol.split("/")[0] ?? ""}.` : undefined} />
    </form>
  );
}
