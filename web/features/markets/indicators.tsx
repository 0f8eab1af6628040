"use client";

import { useState } from "react";
import { useApi } from "@/shared/api";
import { Answered, Button, Check, IconButton, NumberField, Popover, Select } from "@/shared/ui";
import type { KnownIndicator } from "./types";

/** How an indicator is written: its name, then its parameters. */
export const written = (name: string, parameters: readonly string[]): string => [name, ...parameters].join(":");

/** Name and parameters of a choice. */
export function readChoice(choice: string): { name: string; parameters: string[] } {
  const [name = "", ...parameters] = choice.split(":");
  return { name, parameters };
}

/** A choice for people: "EMA 20", "BBANDS 20, 2". */
export function label(choice: string): string {
  const { name, parameters } = readChoice(choice);
  return `${name.replace(/_/g, " ").toUpperCase()} ${parameters.join(", ")}`.trim();
}

const MOST = 8;

/** Which indicators are drawn, with their parameters; whether marks are drawn. */
export function IndicatorPicker({ chosen, onChange, shows, onShows }: { chosen: readonly string[]; onChange: (chosen: readonly string[]) => void; shows: Shows; onShows: (shows: Shows) => void }): React.ReactElement {
  const known = useApi("/api/v1/markets/known-indicators");
  return (
    <Popover label="Indicators and marks" align="start" trigger={<Button small>Indicators{chosen.length ? ` (${chosen.length})` : ""}</Button>}>
      <div className="flex w-72 flex-col gap-3">
        <Answered of={known} rows={3}>
          {({ items }) => (
            <>
              {chosen.map((choice, index) => (
                <Chosen
                  key={`${readChoice(choice).name} ${index}`}
                  choice={choice}
                  known={items.find(({ name }) => name === readChoice(choice).name)}
                  onChange={(next) => onChange(chosen.map((one, at) => (at === index ? next : one)))}
                  onRemove={() => onChange(chosen.filter((_, at) => at !== index))}
                />
              ))}
              <Adder items={items} full={chosen.length >= MOST} onAdd={(choice) => onChange(chosen.includes(choice) ? chosen : [...chosen, choice])} />
            </>
          )}
        </Answered>
        <fieldset className="flex flex-col gap-1 border-t pt-3">
          <legend className="sr-only">Also on the chart</legend>
          <Check label="Own fills" value={shows.fills} onChange={(fills) => onShows({ ...shows, fills })} />
          <Check label="Signals of strategies" value={shows.signals} onChange={(signals) => onShows({ ...shows, signals })} />
          <Check label="Open orders" value={shows.orders} onChange={(orders) => onShows({ ...shows, orders })} />
          <Check label="Volume" value={shows.volume} onChange={(volume) => onShows({ ...shows, volume })} />
        </fieldset>
      </div>
    </Popover>
  );
}

/** What else is on the chart. */
export interface Shows {
  fills: boolean;
  signals: boolean;
  orders: boolean;
  volume: boolean;
}

function Adder({ items, full, onAdd }: { items: readonly KnownIndicator[]; full: boolean; onAdd: (choice: string) => void }): React.ReactElement {
  if (full) return <p className="text-soft">{MOST} indicators are drawn. Remove one to add another.</p>;
  const add = (name: string): void => {
    const found = items.find((item) => item.name === name);
    if (found) onAdd(written(name, found.parameters.map((one) => String(one.default))));
  };
  return <Select label="Add an indicator" value="" onChange={add} options={[["", "Choose"], ...items.map(({ name, title }) => [name, title] as const)]} />;
}

function Chosen({ choice, known, onChange, onRemove }: { choice: string; known: KnownIndicator | undefined; onChange: (choice: string) => void; onRemove: () => void }): React.ReactElement {
  const { name, parameters } = readChoice(choice);
  const [typed, setTyped] = useState(parameters);
  const set = (index: number, value: string): void => {
    const next = (known?.parameters ?? []).map((one, at) => (at === index ? value : (typed[at] ?? String(one.default))));
    setTyped(next);
    if (next.every((one, at) => parameterFault(one, known?.parameters[at]?.whole ?? true) === undefined)) onChange(written(name, next));
  };
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="sr-only">{known?.title ?? name}</legend>
      <div className="flex items-center">
        <span className="min-w-0 flex-1 truncate">{known?.title ?? name}</span>
        <IconButton small icon="close" label={`Remove ${known?.title ?? name}`} onClick={onRemove} />
      </div>
      {known && known.parameters.length > 0 ? (
        <div className="grid grid-cols-3 gap-2">
          {known.parameters.map((one, index) => {
            const value = typed[index] ?? String(one.default);
            return <NumberField key={one.name} label={one.name} value={value} onChange={(text) => set(index, text)} problem={parameterFault(value, one.whole)} />;
          })}
        </div>
      ) : null}
    </fieldset>
  );
}

/** Why a parameter cannot be; undefined when it can. */
export function parameterFault(text: string, whole: boolean): string | undefined {
  if (whole) return /^[1-9]\d{0,3}$/.test(text.trim()) ? undefined : "a whole number from 1";
  return /^\d{1,4}(\.\d{1,6})?$/.test(text.trim()) && Number(text) > 0 ? undefined : "a number above 0";
}
