"use client";

import { Command } from "cmdk";
import { Dialog as Radix } from "radix-ui";
import { useRouter } from "next/navigation";
import { useDeferredValue } from "react";
import { may } from "@/shared/api/me";
import { useSession } from "@/shared/session/provider";
import { Icon, type IconName } from "@/shared/ui/icons";
import { setAppearance, useAppearance } from "./appearance";
import { ALL_PLACES } from "./navigation";
import { useFound } from "./found";

interface Entry {
  id: string;
  title: string;
  note?: string;
  icon: IconName;
  words?: string;
  act: () => void;
}

/** Ctrl-K: pages, symbols, strategies and acts by their names. */
export function Palette({ open, onOpenChange, onHelp }: { open: boolean; onOpenChange: (open: boolean) => void; onHelp: () => void }): React.ReactElement {
  const router = useRouter();
  const { me, leave } = useSession();
  const { theme, density } = useAppearance();
  const found = useFound();
  const listed = useDeferredValue(true, false); // the input takes letters before the list is drawn
  const go = (path: string) => (): void => router.push(path);
  const groups: { title: string; entries: Entry[] }[] = [
    { title: "Pages", entries: ALL_PLACES.filter(({ permission }) => may(me, permission)).map(({ path, title, icon, words, key }) => ({ id: path, title, icon, ...(words ? { words } : {}), ...(key ? { note: `g ${key}` } : {}), act: go(path) })) },
    { title: "Symbols", entries: found.symbols.map((symbol) => ({ id: `symbol ${symbol}`, title: symbol, icon: "markets", words: "chart trade buy sell", act: go(`/markets?symbol=${encodeURIComponent(symbol)}`) })) },
    { title: "Strategies", entries: found.strategies.map((id) => ({ id: `strategy ${id}`, title: id, icon: "strategies", act: go(`/strategies?id=${encodeURIComponent(id)}`) })) },
    {
      title: "Actions",
      entries: [
        { id: "theme", title: theme === "light" ? "Dark theme" : "Light theme", icon: "settings", act: () => setAppearance({ theme: theme === "light" ? "dark" : "light" }) },
        { id: "density", title: density === "compact" ? "Normal rows" : "Compact rows", icon: "settings", act: () => setAppearance({ density: density === "compact" ? "normal" : "compact" }) },
        { id: "help", title: "Keyboard help", icon: "info", note: "?", act: onHelp },
        { id: "leave", title: "Sign out", icon: "out", act: () => void leave() },
      ],
    },
  ];
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-ground opacity-75" />
        <Radix.Content aria-describedby={undefined} className="fixed left-1/2 top-[12dvh] z-50 w-[560px] max-w-[calc(100vw-32px)] -translate-x-1/2 overflow-hidden rounded border border-line-strong bg-raised">
          <Radix.Title className="sr-only">Go to or do</Radix.Title>
          <Command label="Go to or do" loop>
            <Command.Input autoFocus placeholder="Page, symbol, strategy or action" className="h-12 w-full border-b bg-transparent px-4 text-large outline-none" />
            <Command.List className="max-h-[50dvh] overflow-y-auto p-1">
              {listed ? <Command.Empty className="p-4 text-soft">Nothing is called so.</Command.Empty> : null}
              {groups.map(({ title, entries }) =>
                listed && entries.length ? (
                  <Command.Group key={title} heading={<span className="block px-2 pb-1 pt-2 text-small text-faint">{title}</span>}>
                    {entries.map(({ id, title: words, note, icon, words: more, act }) => (
                      <Command.Item
                        key={id}
                        value={`${words} ${id}`}
                        keywords={more ? more.split(" ") : []}
                        onSelect={() => {
                          onOpenChange(false);
                          act();
                        }}
                        className="flex h-8 cursor-pointer items-center gap-2 rounded px-2 text-soft data-[selected=true]:bg-hover data-[selected=true]:text-text phone:h-11"
                      >
                        <Icon name={icon} />
                        <bdi className="min-w-0 flex-1 truncate">{words}</bdi>
                        {note ? <kbd className="text-small text-faint">{note}</kbd> : null}
                      </Command.Item>
                    ))}
                  </Command.Group>
                ) : null,
              )}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
