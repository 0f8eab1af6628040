"use client";

import { useStatus } from "@/shared/shell/status";
import { Card, Count, Empty, Figure, Grid, Loading, Money, Page } from "@/shared/ui";

/** The platform in one look. */
export function Home(): React.ReactElement {
  const { status } = useStatus();
  if (!status) {
    return (
      <Page title="Home">
        <Loading rows={6} />
      </Page>
    );
  }
  return (
    <Page title="Home">
      <Grid>
        <Card span={3}>
          <Figure label="Equity" below={status.account ?? "main"}>
            <Money value={status.equity} currency={status.currency} places={2} />
          </Figure>
        </Card>
        <Card span={3}>
          <Figure label="Open orders">
            <Count value={status.open_orders} />
          </Figure>
        </Card>
        <Card span={6} title={status.ready ? "Ready to trade" : "Not ready to trade"}>
          {status.ready ? (
            <p className="text-soft">Data are fresh, the venue agrees, nothing piles up.</p>
          ) : (
            <ul className="list-disc pl-4">
              {status.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          )}
        </Card>
      </Grid>
      {status.killed.length ? (
        <Card>
          <Empty title={`Stopped: ${status.killed.join(", ")}`}>No order of these scopes leaves until somebody re-arms them.</Empty>
        </Card>
      ) : null}
    </Page>
  );
}
