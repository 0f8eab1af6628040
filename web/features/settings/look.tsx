"use client";

import { useId, useState } from "react";
import { useCommand } from "@/shared/api";
import { chooseZone, writtenTime, zoneName } from "@/shared/format";
import { useMe, useSession } from "@/shared/session";
import { setAppearance, useAppearance, type Appearance } from "@/shared/shell/appearance";
import { Button, Choice, FailedLine, Money, TextField, toast } from "@/shared/ui";
import { clockNow, zoneKnown, ZONES } from "./zones";

/** Colours, rows and the zone of times: at once in this browser, and kept with one's profile for the others. */
export function LookAndTime(): React.ReactElement {
  const look = useAppearance();
  const me = useMe();
  const { entered } = useSession();
  const list = useId();
  const [zone, setZone] = useState(me.time_zone);
  const save = useCommand("put", "/api/v1/profile", { changes: ["/api/v1/profile"], onDone: (answer) => entered(answer) });
  const body = (change: { time_zone?: string; look?: Appearance }): { display: string; email: string; time_zone: string; preferences: Record<string, string> } => ({
    display: me.display,
    email: me.email,
    time_zone: change.time_zone ?? me.time_zone,
    preferences: { ...me.preferences, ...(change.look ? { appearance: JSON.stringify({ theme: change.look.theme, palette: change.look.palette, density: change.look.density }) } : {}) },
  });
  const change = (part: Partial<Appearance>): void => {
    setAppearance(part);
    void save.run({ body: body({ look: { ...look, ...part } }) });
  };
  const right = zone === "" || zoneKnown(zone);
  const keepZone = async (name: string): Promise<void> => {
    setZone(name);
    if (await save.run({ body: body({ time_zone: name }) })) {
      chooseZone(name);
      toast.done("Times are shown in", name || `${zoneName()}, this browser's zone`);
    }
  };
  return (
    <div className="grid gap-6 p-4 md:grid-cols-2">
      <section className="flex flex-col gap-4" aria-label="Look">
        <Choice label="Theme" value={look.theme} onChange={(theme) => change({ theme })} options={[["dark", "Dark"], ["light", "Light"], ["system", "As the system"]]} />
        <Choice label="Gain and loss" value={look.palette} onChange={(palette) => change({ palette })} options={[["green-red", "Green and red"], ["blue-orange", "Blue and orange"]]} />
        <Choice label="Rows" value={look.density} onChange={(density) => change({ density })} options={[["normal", "Normal"], ["compact", "Compact"]]} />
        <div className="flex flex-wrap gap-6 rounded border p-3" aria-label="So it looks">
          <Money value="1234.56" currency="USDT" change />
          <Money value="-98.7" currency="USDT" change />
          <span className="text-soft">Colour is never the only sign.</span>
        </div>
      </section>
      <section className="flex flex-col gap-4" aria-label="Time zone">
        <TextField label="Time zone" list={list} placeholder={`${zoneName()} (this browser's)`} value={zone} onChange={setZone} problem={right ? undefined : "a zone such as Europe/Berlin, or nothing for the browser's own"} maxLength={60} />
        <datalist id={list}>
          {ZONES.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <p className="text-soft">Now: {writtenTime(clockNow())}. Every time on the screen says its zone; in files and interfaces times are UTC.</p>
        <div className="flex flex-wrap gap-2">
          <Button kind="primary" disabled={!right || zone === me.time_zone} busy={save.busy} onClick={() => void keepZone(zone.trim())}>
            Use this zone
          </Button>
          <Button disabled={me.time_zone === "UTC"} onClick={() => void keepZone("UTC")}>
            UTC
          </Button>
          <Button disabled={me.time_zone === ""} onClick={() => void keepZone("")}>
            This browser&apos;s own
          </Button>
        </div>
        <FailedLine problem={save.problem} />
      </section>
    </div>
  );
}
