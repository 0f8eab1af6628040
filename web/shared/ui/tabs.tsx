"use client";

import { Tabs as Radix } from "radix-ui";
import { useEffect, useRef, type ReactNode } from "react";

interface Tab {
  key: string;
  label: ReactNode;
  content: ReactNode;
}

/** Several views of one thing; arrow keys move between them. Only the one in sight is built. */
export function Tabs({ label, tabs, value, onChange, actions, fill = false }: { label: string; tabs: readonly Tab[]; value: string; onChange: (key: string) => void; actions?: ReactNode; fill?: boolean }): React.ReactElement {
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const [box, chosen] = [strip.current, strip.current?.querySelector<HTMLElement>("[data-state=active]")];
    if (box && chosen) box.scrollLeft = chosen.offsetLeft - (box.clientWidth - chosen.offsetWidth) / 2; // in sight where not all fit
  }, [value]);
  return (
    <Radix.Root value={value} onValueChange={onChange} className={fill ? "flex h-full min-h-0 flex-col" : "flex min-w-0 flex-col"}>
      <div ref={strip} className="relative flex min-h-10 items-end gap-3 overflow-x-auto overflow-y-hidden border-b px-1">
        <Radix.List aria-label={label} className="flex gap-1">
          {tabs.map(({ key, label: words }) => (
            <Radix.Trigger key={key} value={key} className="-mb-px h-10 whitespace-nowrap border-b-2 border-transparent px-3 text-soft hover:text-text focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:font-strong data-[state=active]:text-text">
              {words}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {actions ? <div className="ml-auto flex items-center gap-1 self-center">{actions}</div> : null}
      </div>
      {tabs.map(({ key, content }) => (
        <Radix.Content key={key} value={key} className={fill ? "min-h-0 flex-1 overflow-auto" : "min-w-0"}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
