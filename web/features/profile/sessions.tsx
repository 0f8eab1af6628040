"use client";

import { useApi, useCommand, type Answer } from "@/shared/api";
import { counted } from "@/shared/format";
import { programWords } from "@/features/users/words";
import { Badge, Button, DataTable, FailedLine, Time, Typed, toast, type Column } from "@/shared/ui";

type Session = Answer<"/api/v1/profile/sessions", "get">["items"][number];

const COLUMNS: readonly Column<Session>[] = [
  { key: "program", title: "Where", width: 210, value: (one) => one.program, cell: (one) => <span className="flex items-center gap-2" title={one.program}><Typed>{programWords(one.program)}</Typed>{one.current ? <Badge tone="accent">this one</Badge> : null}</span> },
  { key: "address", title: "Address", width: 150, value: (one) => one.address, wide: true },
  { key: "ways", title: "Proved by", width: 150, value: (one) => one.ways.join(", "), wide: true },
  { key: "made", title: "Since", width: 190, value: (one) => one.made_ns, cell: (one) => <Time ns={one.made_ns} detail="minute" />, wide: true },
  { key: "seen", title: "Last seen", width: 190, value: (one) => one.seen_ns, cell: (one) => <Time ns={one.seen_ns} detail="minute" /> },
  { key: "expires", title: "Ends", width: 190, value: (one) => one.expires_ns, cell: (one) => <Time ns={one.expires_ns} detail="minute" />, hidden: true },
];

/** Where one is signed in. */
export function Sessions(): React.ReactElement {
  const sessions = useApi("/api/v1/profile/sessions", { every_ms: 15_000 });
  const end = useCommand("delete", "/api/v1/profile/sessions/{session}", { changes: ["/api/v1/profile/sessions"], onDone: () => toast.done("The session ended") });
  const others = useCommand("delete", "/api/v1/profile/sessions", { changes: ["/api/v1/profile/sessions"], onDone: ({ ended }) => toast.done(`${counted(ended, "other sessions")} ended`) });
  return (
    <>
      <DataTable
        id="sessions"
        label="sessions"
        height={10}
        rows={sessions.data?.items ?? []}
        columns={COLUMNS}
        rowKey={(one) => one.id}
        sort={{ key: "seen", down: true }}
        loading={sessions.isPending}
        problem={sessions.error}
        onRetry={() => void sessions.refetch()}
        tools={
          <Button kind="danger" icon="out" busy={others.busy} disabled={(sessions.data?.items.length ?? 0) < 2} onClick={() => void others.run()}>
            End all others
          </Button>
        }
        acts={(one) =>
          one.current ? null : (
            <Button small kind="danger" onClick={() => void end.run({ params: { session: one.id } })} aria-label={`End the session of ${programWords(one.program)}`}>
              End
            </Button>
          )
        }
      />
      <FailedLine problem={end.problem ?? others.problem} />
    </>
  );
}
