"use client";

import { useMemo, useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { Button, Check, Confirm, DataTable, Dialog, Empty, FailedLine, TextField, Typed, toast, useForm, type Checks, type Column } from "@/shared/ui";
import type { User } from "./users";
import { listed } from "./words";

type Team = Answer<"/api/v1/teams", "get">["items"][number];

/** Teams: people who share accounts. */
export function Teams({ people, mayWrite }: { people: readonly User[]; mayWrite: boolean }): React.ReactElement {
  const teams = useApi("/api/v1/teams");
  const [edited, setEdited] = useState<Team | "new">();
  const [going, setGoing] = useState<Team>();
  const remove = useCommand("delete", "/api/v1/teams/{team}", { changes: ["/api/v1/teams", "/api/v1/users"], onDone: () => setGoing(undefined) });
  const columns = useMemo<readonly Column<Team>[]>(() => [
    { key: "name", title: "Team", width: 180, value: (one) => one.name, cell: (one) => <Typed>{one.name}</Typed> },
    { key: "members", title: "Members", width: 360, value: (one) => (one.members ?? []).map((id) => people.find((person) => person.id === id)?.name ?? id).join(", ") },
    { key: "accounts", title: "Accounts", width: 300, value: (one) => (one.accounts ?? []).join(", "), wide: true },
  ], [people]);
  return (
    <>
      <DataTable
        id="teams"
        label="teams"
        rows={teams.data?.items ?? []}
        columns={columns}
        rowKey={(one) => one.id}
        loading={teams.isPending}
        problem={teams.error}
        onRetry={() => void teams.refetch()}
        {...(mayWrite ? { onOpen: (one: Team) => setEdited(one) } : {})}
        tools={
          mayWrite ? (
            <Button icon="plus" onClick={() => setEdited("new")}>
              New team
            </Button>
          ) : undefined
        }
        acts={(one) =>
          mayWrite ? (
            <Button small kind="danger" onClick={() => setGoing(one)} aria-label={`Remove ${one.name}`}>
              Remove
            </Button>
          ) : null
        }
        empty={<Empty title="No team yet">Members of a team see its accounts beside their own.</Empty>}
      />
      {edited ? <Edit team={edited === "new" ? undefined : edited} people={people} close={() => setEdited(undefined)} /> : null}
      <Confirm open={going !== undefined} onOpenChange={() => setGoing(undefined)} title={`Remove the team ${going?.name ?? ""}`} action="Remove it" busy={remove.busy} problem={remove.problem} onConfirm={() => going && void remove.run({ params: { team: going.id } })}>
        Its members stay; they no longer see its accounts unless they are their own.
      </Confirm>
    </>
  );
}

const RIGHT: Checks<{ name: string; accounts: string }> = ({ name }) => ({ name: name.trim() ? undefined : "a name" });

function Edit({ team, people, close }: { team: Team | undefined; people: readonly User[]; close: () => void }): React.ReactElement {
  const [members, setMembers] = useState<readonly string[]>(team?.members ?? []);
  const done = {
    changes: ["/api/v1/teams", "/api/v1/users"],
    onDone: (): void => {
      toast.done("The team is saved");
      close();
    },
  };
  const make = useCommand("post", "/api/v1/teams", done);
  const save = useCommand("put", "/api/v1/teams/{team}", done);
  const problem = make.problem ?? save.problem;
  const form = useForm({ name: team?.name ?? "", accounts: team?.accounts?.join(", ") ?? "" }, RIGHT, problem);
  const send = (): void => {
    if (!form.valid()) return;
    const body = { name: form.values.name, accounts: listed(form.values.accounts), members: [...members] };
    void (team ? save.run({ params: { team: team.id }, body }) : make.run({ body }));
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={team ? team.name : "New team"}
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={make.busy || save.busy} onClick={send}>
            Save
          </Button>
        </>
      }
    >
      <TextField label="Name" {...form.field("name")} />
      <TextField label="Accounts, with commas" hint="main is the desk's" {...form.field("accounts")} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-small text-soft">Members</legend>
        {people.filter(({ erased }) => !erased).map((one) => (
          <Check key={one.id} label={<Typed>{one.name}</Typed>} value={members.includes(one.id)} onChange={(on) => setMembers(on ? [...members, one.id] : members.filter((id) => id !== one.id))} />
        ))}
      </fieldset>
      <FailedLine problem={problem} />
    </Dialog>
  );
}
