"use client";

import { Dialog } from "@/shared/ui/dialog";
import { ALL_PLACES } from "./navigation";

const KEYS: readonly (readonly [string, string])[] = [
  ["Ctrl K", "Go to a page, a symbol, a strategy, or do something"],
  ["?", "This list"],
  ["Tab, Shift Tab", "To the next or the last control"],
  ["\u2191 \u2193 Home End", "Walk a table or a list"],
  ["Enter", "Open what is chosen"],
  ["/", "In a table: to its filter"],
  ["Ctrl C", "In a table: copy the row"],
  ["\u2190 \u2192", "Move the border between two panels, or to the next tab"],
  ["Esc", "Close a dialog, leave full screen"],
];

/** All keys there are. */
export function Help({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }): React.ReactElement {
  const list = (rows: readonly (readonly [string, string])[]): React.ReactElement => (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {rows.map(([keys, words]) => (
        <div key={keys} className="contents">
          <dt className="whitespace-nowrap">
            <kbd className="font-mono text-small">{keys}</kbd>
          </dt>
          <dd className="text-soft">{words}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" width="medium">
      {list(KEYS)}
      <h3 className="mt-2 font-strong">Go to</h3>
      {list(ALL_PLACES.filter(({ key }) => key).map(({ key, title }) => [`g ${key}`, title] as const))}
    </Dialog>
  );
}
