"use client";

import { Approvals } from "@/features/approvals/approvals";
import { useApi } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { useMay } from "@/shared/session";
import { Badge, Card, Count, Figure, Grid, Money, Page, Percent, Tabs, usePlace } from "@/shared/ui";
import { Drill } from "./drill";
import { Exposure } from "./exposure";
import { Limits } from "./limits";
import { Stress } from "./stress";
import { Switch } from "./switch";

/** Limits and their use, exposures, what a fall would cost, the kill switch, requests that wait. */
export function Risk(): React.ReactElement {
  const [tab, setTab] = usePlace("tab", "limits");
  const waiting = useApi("/api/v1/approvals", { query: { pending: true, limit: 500 }, every_ms: 15_000 });
  const mayDrill = useMay("kill:rearm");
  const ours = (waiting.data?.items ?? []).filter(({ kind }) => kind === "limits");
  return (
    <Page title="Risk" actions={mayDrill ? <Drill /> : undefined}>
      <Figures />
      <Tabs
        label="Risk"
        value={tab}
        onChange={setTab}
        tabs={[
          { key: "limits", label: "Limits", content: <Limits /> },
          { key: "exposure", label: "Exposure", content: <Exposure /> },
          { key: "stress", label: "Stress", content: <Stress /> },
          { key: "switch", label: "Kill switch", content: <Switch /> },
          { key: "requests", label: <span className="inline-flex items-center gap-2">Requests{ours.length ? <Badge tone="warn">{ours.length} waiting</Badge> : null}</span>, content: <Approvals kinds={["limits"]} /> },
        ]}
      />
    </Page>
  );
}

function Figures(): React.ReactElement {
  const exposures = useFollowed("/api/v1/risk/exposures", "exposures");
  const tree = useFollowed("/api/v1/risk/tree", "limits");
  const held = exposures.data;
  const stopped = tree.data?.stopped ?? [];
  const largest = held?.by_symbol.find(({ name }) => name === held.largest);
  return (
    <Grid>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Gross exposure" below={held?.leverage ? <Percent value={held.leverage} of="of equity" /> : "of all positions"}>
          <span className="phone:whitespace-normal phone:text-large"><Money value={held?.gross} currency={held?.currency} places={2} /></span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Net exposure" below="long less short">
          <span className="phone:whitespace-normal phone:text-large"><Money value={held?.net} currency={held?.currency} places={2} /></span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Largest position" below={largest ? <Money value={largest.gross} currency={held?.currency} places={2} /> : "nothing is held"}>
          {held?.largest || "\u2013"}
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Stopped" below={stopped.length ? stopped.map(({ scope }) => scope).join(", ") : "orders of every scope may leave"}>
          {tree.data ? stopped.length ? <span className="text-loss"><Count value={stopped.length} unit={stopped.length === 1 ? "scope" : "scopes"} /></span> : "Nothing" : "\u2013"}
        </Figure>
      </Card>
    </Grid>
  );
}
