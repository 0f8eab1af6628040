"use client";

import { useApi } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { Card, Figure, Grid, Money, Page, Percent, Tabs, Time, usePlace } from "@/shared/ui";
import { Attribution } from "./attribution";
import { Holdings } from "./holdings";
import { Ledger } from "./ledger";
import { Lots } from "./lots";
import { Statements } from "./statements";

/** What the account holds and is worth, where profit comes from, and the papers about it. */
export function Portfolio(): React.ReactElement {
  const [tab, setTab] = usePlace("tab", "holdings");
  return (
    <Page title="Portfolio">
      <Figures />
      <Tabs
        label="Portfolio"
        value={tab}
        onChange={setTab}
        tabs={[
          { key: "holdings", label: "Holdings", content: <Holdings /> },
          { key: "attribution", label: "Attribution", content: <Attribution /> },
          { key: "ledger", label: "Ledger", content: <Ledger /> },
          { key: "lots", label: "Tax lots", content: <Lots /> },
          { key: "statements", label: "Statements", content: <Statements /> },
        ]}
      />
    </Page>
  );
}

function Figures(): React.ReactElement {
  const asked = useFollowed("/api/v1/portfolio", "portfolio");
  const curve = useApi("/api/v1/portfolio/curve", { query: { points: 500 }, every_ms: 60_000 });
  const found = asked.data;
  const worst = curve.data?.items.reduce<string | null>((least, { drawdown_share: share }) => (share !== null && (least === null || Number(share) < Number(least)) ? share : least), null);
  return (
    <Grid>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Equity" below={found ? <>account {found.account}, deposits <Money value={found.deposits} places={2} /></> : undefined}>
          <span className="phone:whitespace-normal phone:text-large"><Money value={found?.equity} currency={found?.currency} places={2} /></span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Today" below={found ? <>since <Time ns={found.today.since_ns} />; fees <Money value={found.today.fees} places={2} /></> : undefined}>
          <span className="phone:whitespace-normal phone:text-large"><Money value={found?.today.change} currency={found?.currency} places={2} change /></span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Profit" below={found ? <>realised <Money value={found.realised} places={2} />, open <Money value={found.unrealised} places={2} />, fees <Money value={found.fees} places={2} /></> : undefined}>
          <span className="phone:whitespace-normal phone:text-large"><Money value={found?.profit} currency={found?.currency} places={2} change /></span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Deepest drawdown" below={<><Percent value={worst} /> of equity at its peak</>}>
          <span className="phone:whitespace-normal phone:text-large"><Money value={curve.data?.drawdown} currency={curve.data?.currency || found?.currency} places={2} /></span>
        </Figure>
      </Card>
    </Grid>
  );
}
