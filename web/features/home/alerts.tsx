"use client";

import Link from "next/link";
import { useMemo } from "react";
import { useCommand } from "@/shared/api";
import { useMay } from "@/shared/session";
import { useRows } from "@/shared/stream";
import { Age, Button, Card, Empty, IconButton, Icon, Loading, Typed } from "@/shared/ui";
import type { Alert } from "./rows";

const SHOWN = 50;
const AT_ONCE = 500;

/** What somebody should look at: it stays until a named person has. */
export function Alerts(): React.ReactElement {
  const { rows, state, problem } = useRows<Alert>("alerts");
  const maySee = useMay("kill:engage");
  const command = useCommand("post", "/api/v1/alerts/acknowledge");
  const newest = useMemo(() => [...rows].sort((a, b) => Number(b.standing) - Number(a.standing) || b.ts - a.ts), [rows]);
  const kept = newest.filter(({ standing }) => !standing).map(({ alert_id }) => alert_id);
  const seen = (ids: readonly string[]): void => void command.run({ body: { alert_ids: ids.slice(0, AT_ONCE), note: "", by: "" } });
  const all =
    maySee && kept.length > 1 ? (
      <Button small disabled={command.busy} onClick={() => seen(kept)}>
        All seen
      </Button>
    ) : null;
  return (
    <Card span={4} title={newest.length ? `Alerts (${newest.length})` : "Alerts"} actions={all} flush>
      <div id="alerts" className="h-72 overflow-auto" tabIndex={0} role="region" aria-label="Alerts">
        {state === "waiting" ? <Loading rows={4} /> : null}
        {state === "refused" ? <Empty title="Alerts are not shown to you">{problem}</Empty> : null}
        {newest.length === 0 && (state === "live" || state === "stale") ? <Empty title="Nothing to look at">Kills, orders that fail, strategies that stop and stale data appear here.</Empty> : null}
        <ul>
          {newest.slice(0, SHOWN).map((alert) => (
            <li key={alert.alert_id} className="flex items-start gap-2 border-b px-3 py-2 last:border-b-0">
              <span className={alert.level === "error" ? "mt-0.5 text-loss" : "mt-0.5 text-warn"}>
                <Icon name="warning" />
                <span className="sr-only">{alert.level === "error" ? "Error: " : "Warning: "}</span>
              </span>
              <div className="min-w-0 flex-1">
                <Typed>{alert.text}</Typed>
                <div className="text-small text-faint">
                  {alert.standing ? "now, for " : ""}
                  <Age ns={alert.ts} />
                  {alert.standing ? "" : " ago"}
                  {alert.order_id ? (
                    <>
                      {" \u00b7 "}
                      <Link href={`/orders?id=${alert.order_id}`} prefetch={false} className="text-accent underline">
                        order {alert.order_id}
                      </Link>
                    </>
                  ) : null}
                </div>
              </div>
              {maySee && !alert.standing ? <IconButton small icon="check" label={`Seen: ${alert.text}`} onClick={() => seen([alert.alert_id])} /> : null}
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
