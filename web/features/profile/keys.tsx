"use client";

import { useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { listed, permissionWords } from "@/features/users/words";
import { useMe } from "@/shared/session";
import { Button, Check, Confirm, DataTable, Dialog, Empty, FailedLine, Select, TextField, Time, Typed, toast, useForm, type Checks, type Column } from "@/shared/ui";
import { Once } from "./once";

type Key = Answer<"/api/v1/keys", "get">["items"][number];
type Made = Answer<"/api/v1/keys", "post">;
type Scope = Key["scopes"][number];

const DAY_NS = 86_400_000_000_000;
const COLUMNS: readonly Column<Key>[] = [
  { key: "label", title: "Label", width: 160, value: (one) => one.label, cell: (one) => <Typed>{one.label}</Typed> },
  { key: "key", title: "Key", width: 160, value: (one) => one.key, cell: (one) => <code title={one.key}>{one.key.length > 16 ? `${one.key.slice(0, 14)}\u2026` : one.key}</code>, wide: true },
  { key: "scopes", title: "May", width: 300, value: (one) => one.scopes.join(", ") },
  { key: "addresses", title: "From", width: 130, value: (one) => one.addresses.join(", ") || "anywhere", wide: true },
  { key: "used", title: "Last used", width: 180, value: (one) => one.used_ns, cell: (one) => <Time ns={one.used_ns} detail="minute" />, wide: true },
  { key: "expires", title: "Until", width: 120, value: (one) => one.expires_ns, cell: (one) => <Time ns={one.expires_ns} detail="day" /> },
];

/** Keys for programs, which sign their requests. */
export function Keys(): React.ReactElement {
  const keys = useApi("/api/v1/keys");
  const [adding, setAdding] = useState(false);
  const [going, setGoing] = useState<Key>();
  const revoke = useCommand("delete", "/api/v1/keys/{key}", {
    changes: ["/api/v1/keys"],
    onDone: () => {
      setGoing(undefined);
      toast.done("The key is revoked");
    },
  });
  return (
    <>
      <DataTable
        id="api-keys"
        label="keys"
        height={10}
        rows={keys.data?.items ?? []}
        columns={COLUMNS}
        rowKey={(one) => one.key}
        loading={keys.isPending}
        problem={keys.error}
        onRetry={() => void keys.refetch()}
        tools={
          <Button kind="primary" icon="key" onClick={() => setAdding(true)}>
            Make a key
          </Button>
        }
        acts={(one) => (
          <Button small kind="danger" onClick={() => setGoing(one)} aria-label={`Revoke ${one.label}`}>
            Revoke
          </Button>
        )}
        empty={<Empty title="No API key">A key lets a program of yours ask and act, as far as you may.</Empty>}
      />
      {adding ? <Make close={() => setAdding(false)} /> : null}
      <Confirm open={going !== undefined} onOpenChange={() => setGoing(undefined)} title={`Revoke ${going?.label ?? ""}`} action="Revoke it" busy={revoke.busy} problem={revoke.problem} onConfirm={() => going && void revoke.run({ params: { key: going.key } })}>
        Programs that use it are refused at once. It cannot be brought back.
      </Confirm>
    </>
  );
}

interface Wanted {
  label: string;
  addresses: string;
  days: string;
}

const RIGHT: Checks<Wanted> = ({ label }) => ({ label: label.trim() ? undefined : "a name for it, such as the program's" });

function Make({ close }: { close: () => void }): React.ReactElement {
  const me = useMe();
  const [made, setMade] = useState<Made>();
  const mine = me.permissions.filter((one) => one !== "self") as Scope[];
  const [scopes, setScopes] = useState<readonly Scope[]>(mine.filter((one) => one.endsWith(":read")));
  const make = useCommand("post", "/api/v1/keys", { changes: ["/api/v1/keys"], onDone: setMade });
  const form = useForm<Wanted>({ label: "", addresses: "", days: "90" }, RIGHT, make.problem);
  if (made) return <Once title="The key is made" items={[["Key", made.key], ["Secret", made.secret]]} close={close} />;
  const send = (): void => {
    if (!form.valid() || scopes.length === 0) return;
    const { label, addresses, days } = form.values;
    void make.run({ body: { label, addresses: listed(addresses), scopes: [...scopes], expires_ns: Date.now() * 1_000_000 + Number(days) * DAY_NS } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Make a key"
      width="medium"
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" icon="key" busy={make.busy} disabled={scopes.length === 0} onClick={send}>
            Make it
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 gap-3 md:grid-cols-2">
        <TextField label="Label" maxLength={200} {...form.field("label")} />
        <Select label="Good for" options={[["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["365", "a year"]]} {...form.field("days")} />
      </div>
      <TextField label="Only from these addresses, empty: anywhere" placeholder="203.0.113.7, 10.0.0.0/8" {...form.field("addresses")} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-small text-soft">It may, as far as you may</legend>
        <div className="grid grid-cols-1 gap-1 md:grid-cols-2">
          {mine.map((scope) => (
            <Check key={scope} label={permissionWords(scope)} value={scopes.includes(scope)} onChange={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope))} />
          ))}
        </div>
      </fieldset>
      <FailedLine problem={make.problem} />
    </Dialog>
  );
}
