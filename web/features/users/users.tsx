"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Badge, Button, Card, Confirm, DataTable, Empty, Page, Tabs, Time, Typed, type Column } from "@/shared/ui";
import { InviteDialog } from "./invite";
import { PersonDialog } from "./person";
import { Roles } from "./roles";
import { Teams } from "./teams";
import { roleWords } from "./words";

export type User = Answer<"/api/v1/users", "get">["items"][number];
type Invitation = Answer<"/api/v1/invitations", "get">["items"][number];

const COLUMNS: readonly Column<User>[] = [
  { key: "name", title: "Name", width: 160, value: (one) => one.name, cell: (one) => <Typed>{one.name}</Typed> },
  { key: "display", title: "Shown as", width: 170, value: (one) => one.display, cell: (one) => (one.display ? <Typed>{one.display}</Typed> : "\u2013"), wide: true },
  { key: "email", title: "E-mail", width: 190, value: (one) => one.email, cell: (one) => (one.email ? <Typed>{one.email}</Typed> : "\u2013"), wide: true },
  { key: "roles", title: "Roles", width: 200, value: (one) => one.roles.map(roleWords).join(", "), cell: (one) => <span className="truncate">{[...(one.owner ? ["owner"] : []), ...one.roles.map(roleWords)].join(", ") || "none"}</span> },
  { key: "state", title: "State", width: 100, value: (one) => stateOf(one), cell: (one) => <Badge tone={one.erased ? "neutral" : one.active ? "gain" : "warn"}>{stateOf(one)}</Badge> },
  { key: "factor", title: "Second factor", width: 130, value: (one) => one.second_factor, cell: (one) => <Factor user={one} />, wide: true },
  { key: "seen", title: "Last seen", width: 164, value: (one) => one.seen_ns, cell: (one) => <Time ns={one.seen_ns} detail="minute" />, wide: true },
];

const stateOf = (one: User): string => (one.erased ? "erased" : one.active ? "active" : "locked");

function Factor({ user }: { user: User }): React.ReactElement {
  if (user.second_factor) return <Badge tone="gain">{user.passkeys > 0 ? (user.passkeys === 1 ? "passkey" : `${user.passkeys} passkeys`) : "authenticator"}</Badge>;
  return user.must_enrol || user.should_enrol ? <Badge tone="warn">missing</Badge> : <span className="text-faint">none</span>;
}

/** Who there is, what they may, who is invited, who shares accounts. */
export function Users(): React.ReactElement {
  const router = useRouter();
  const query = useSearchParams();
  const [tab, chosen] = [query.get("tab") ?? "people", query.get("id")];
  const mayWrite = useMay("users:write");
  const [inviting, setInviting] = useState(false);
  const people = usePages("/api/v1/users", { query: { limit: 200 }, every_ms: 10_000 });
  const person = people.rows.find((one) => one.id === chosen);
  return (
    <Page
      title="Users and roles"
      fill
      actions={
        mayWrite ? (
          <Button kind="primary" icon="plus" onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        ) : undefined
      }
    >
      <Card flush fill>
        <Tabs
          label="Users"
          fill
          value={tab}
          onChange={(key) => router.replace(`/users?tab=${key}`)}
          tabs={[
            {
              key: "people",
              label: "People",
              content: (
                <DataTable
                  id="users"
                  label="people"
                  rows={people.rows}
                  columns={COLUMNS}
                  rowKey={(one) => one.id}
                  sort={{ key: "name" }}
                  chosen={chosen ?? undefined}
                  onOpen={(one) => router.replace(`/users?id=${encodeURIComponent(one.id)}`)}
                  loading={people.loading}
                  problem={people.problem}
                  onRetry={people.refetch}
                  onEnd={people.more ? people.fetchMore : undefined}
                />
              ),
            },
            ...(mayWrite ? [{ key: "invitations", label: "Invitations", content: <Invitations /> }] : []),
            { key: "teams", label: "Teams", content: <Teams people={people.rows} mayWrite={mayWrite} /> },
            { key: "roles", label: "What roles may do", content: <Roles /> },
          ]}
        />
      </Card>
      {person ? <PersonDialog person={person} mayWrite={mayWrite} close={() => router.replace("/users")} /> : null}
      {inviting ? <InviteDialog close={() => setInviting(false)} /> : null}
    </Page>
  );
}

const INVITED: readonly Column<Invitation>[] = [
  { key: "name", title: "For", width: 260, value: (one) => one.name || one.email, cell: (one) => <Typed>{one.name || one.email || "whoever has the link"}</Typed> },
  { key: "roles", title: "Roles", width: 240, value: (one) => one.roles.map(roleWords).join(", ") },
  { key: "by", title: "By", width: 120, value: (one) => one.by, cell: (one) => <Typed>{one.by}</Typed>, wide: true },
  { key: "expires", title: "Good until", width: 200, value: (one) => one.expires_ns, cell: (one) => <Time ns={one.expires_ns} detail="minute" /> },
];

function Invitations(): React.ReactElement {
  const invitations = useApi("/api/v1/invitations", { every_ms: 10_000 });
  const [going, setGoing] = useState<Invitation>();
  const withdraw = useCommand("delete", "/api/v1/invitations/{invitation}", { changes: ["/api/v1/invitations"], onDone: () => setGoing(undefined) });
  return (
    <>
      <DataTable
        id="invitations"
        label="invitations"
        rows={invitations.data?.items ?? []}
        columns={INVITED}
        rowKey={(one) => one.id}
        loading={invitations.isPending}
        problem={invitations.error}
        onRetry={() => void invitations.refetch()}
        acts={(one) => (
          <Button small kind="danger" onClick={() => setGoing(one)} aria-label={`Withdraw the invitation of ${one.name || one.email || "somebody"}`}>
            Withdraw
          </Button>
        )}
        empty={<Empty title="No invitation waits">Who is invited gets a link that works once.</Empty>}
      />
      <Confirm open={going !== undefined} onOpenChange={() => setGoing(undefined)} title="Withdraw this invitation" action="Withdraw it" busy={withdraw.busy} problem={withdraw.problem} onConfirm={() => going && void withdraw.run({ params: { invitation: going.id } })}>
        Its link stops working at once. You can invite again.
      </Confirm>
    </>
  );
}
