"use client";

import { useMay } from "@/shared/session";
import { useStatus } from "@/shared/shell/status";
import { Age, ButtonLink, Card, Count, Empty, Figure, Grid, Loading, Money, Page } from "@/shared/ui";
import { Alerts } from "./alerts";
import { Doing } from "./doing";
import { EquityCard, Today } from "./equity";
import { Feeds, OpenOrders, Positions } from "./holding";
import type { Look } from "./rows";

const LATE_MS = 5_000;

/** The platform in one look. */
export function Home(): React.ReactElement {
  const { status, ts, stale, nobodys } = useStatus();
  if (!status && nobodys) {
    return (
      <Page title="Home" actions={<Next />}>
        <Empty title="No account is given to you yet">What is traded here belongs to accounts. Ask an administrator for the one that you are to see: Users, you, Accounts.</Empty>
      </Page>
    );
  }
  if (!status) {
    return (
      <Page title="Home">
        <Loading rows={12} />
      </Page>
    );
  }
  const look = status as Look;
  const old = stale ? <Age ns={ts} late_ms={LATE_MS} /> : null;
  return (
    <Page title="Home" about={old} actions={<Next />}>
      <Grid>
        <Card span={3}>
          <Figure label="Equity" below={look.account ?? "main"}>
            <Money value={look.equity} currency={look.currency} places={2} />
          </Figure>
        </Card>
        <Card span={3}>
          <Today status={look} />
        </Card>
        <Card span={3} className="phone:col-span-6">
          <Figure label="Fills" below={look.last_fill_ts ? <>the last <Age ns={look.last_fill_ts} /> ago</> : "none yet"}>
            <Count value={look.fills} />
          </Figure>
        </Card>
        <Card span={3} className="phone:col-span-6">
          <Ready look={look} />
        </Card>
        <EquityCard status={look} ts={ts} />
        <Alerts />
        <Doing />
        <Positions />
        <OpenOrders />
        <Feeds ages={look.data_ages ?? {}} foot={<>as of <Age ns={ts} late_ms={LATE_MS} /> ago</>} />
      </Grid>
    </Page>
  );
}

function Ready({ look }: { look: Look }): React.ReactElement {
  const stopped = look.killed.length ? `stopped: ${look.killed.join(", ")}` : "";
  return (
    <Figure label="Trading" below={<span title={look.reasons.join("; ")}>{stopped || look.reasons[0] || "data are fresh, the venue agrees"}</span>}>
      {look.ready ? <span className={stopped ? "text-warn" : "text-text"}>{stopped ? "Partly stopped" : "Ready"}</span> : <span className="text-warn">Not ready</span>}
    </Figure>
  );
}

/** What a newcomer does next. */
function Next(): React.ReactElement {
  const may = { test: useMay("backtests:run"), run: useMay("strategies:write"), connect: useMay("settings:read") };
  return (
    <>
      {may.test ? <ButtonLink kind="primary" icon="backtests" href="/backtests?new=">Back-test my idea</ButtonLink> : null}
      {may.run ? <ButtonLink icon="strategies" href="/strategies">Run it on paper</ButtonLink> : null}
      {may.connect ? <ButtonLink icon="exchange" href="/settings?tab=venues">Connect an exchange</ButtonLink> : null}
    </>
  );
}
