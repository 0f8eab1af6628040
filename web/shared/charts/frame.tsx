"use client";

import { useId, useRef, useState, type ReactNode } from "react";
import { IconButton } from "@/shared/ui/button";
import { names } from "@/shared/ui/class-names";
import { download } from "@/shared/ui/taking-out";

interface Shape {
  /** What it shows, for people who hear it and as the name of the picture. */
  label: string;
  /** One sentence that says what the picture says. */
  summary: string;
  /** Heading and rows of the same data as a table. */
  table: () => { head: readonly string[]; rows: readonly (readonly string[])[] };
  height: number;
  /** Beside the buttons. */
  tools?: ReactNode;
  /** Set when something is zoomed. */
  onReset?: (() => void) | undefined;
  /** All canvases in their order; the picture is made of them. */
  children: (full: boolean) => ReactNode;
}

const ROWS_MOST = 500;

/** What every chart has: full screen, export as a picture, and its data as a table. */
export function ChartFrame({ label, summary, table, height, tools, onReset, children }: Shape): React.ReactElement {
  const [full, setFull] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const box = useRef<HTMLElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const id = useId();
  const toggleFull = (): void => {
    setFull(!full);
    box.current?.focus();
  };
  return (
    <figure
      ref={box}
      tabIndex={-1}
      aria-labelledby={id}
      className={names("flex min-w-0 flex-col outline-none", full && "fixed inset-0 z-50 bg-panel p-4")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && full) setFull(false);
      }}
    >
      <figcaption id={id} className="sr-only">
        {label}. {summary}
      </figcaption>
      <div className="flex min-h-8 items-center gap-2 px-2">
        {full ? <span className="text-large font-strong">{label}</span> : null}
        <div className="min-w-0 flex-1">{tools}</div>
        {onReset ? <IconButton small icon="minus" label="Show all of it" onClick={onReset} /> : null}
        <IconButton small icon="table" label={asTable ? "Show the chart" : "Show as a table"} aria-pressed={asTable} onClick={() => setAsTable(!asTable)} />
        <IconButton small icon="picture" label="Save as a picture" disabled={asTable} onClick={() => void save(drawn.current, label)} />
        <IconButton small icon="expand" label={full ? "Leave full screen" : "Full screen"} aria-pressed={full} onClick={toggleFull} />
      </div>
      <Body full={full} height={height}>
        {asTable ? <DataOf {...table()} label={label} /> : <div ref={drawn} className="h-full min-h-0">{children(full)}</div>}
      </Body>
    </figure>
  );
}

function Body({ full, height, children }: { full: boolean; height: number; children: ReactNode }): React.ReactElement {
  const set = (element: HTMLDivElement | null): void => {
    if (element) element.style.height = full ? "" : `${height}px`;
  };
  return (
    <div ref={set} className={names("min-w-0 overflow-hidden", full && "min-h-0 flex-1")}>
      {children}
    </div>
  );
}

function DataOf({ head, rows, label }: { head: readonly string[]; rows: readonly (readonly string[])[]; label: string }): React.ReactElement {
  const step = Math.max(1, Math.ceil(rows.length / ROWS_MOST));
  const shown = rows.filter((_, index) => index % step === 0 || index === rows.length - 1);
  return (
    <div className="h-full overflow-auto" tabIndex={0} role="region" aria-label={`Data of ${label}`}>
      <table className="w-full text-small">
        <thead className="sticky top-0 bg-panel">
          <tr>
            {head.map((title, column) => (
              <th key={column} scope="col" className={names("px-2 py-1", column === 0 ? "text-left" : "text-right")}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={index} className="border-t">
              {row.map((cell, column) => (
                <td key={column} className={names("number px-2 py-0.5", column === 0 ? "text-left" : "text-right")}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

async function save(place: HTMLElement | null, label: string): Promise<void> {
  const canvases = [...(place?.querySelectorAll("canvas") ?? [])];
  if (!place || canvases.length === 0) return;
  const all = place.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  const picture = document.createElement("canvas");
  picture.width = all.width * scale;
  picture.height = all.height * scale;
  const pen = picture.getContext("2d");
  if (!pen) return;
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--panel").trim();
  pen.fillRect(0, 0, picture.width, picture.height);
  for (const canvas of canvases) {
    const at = canvas.getBoundingClientRect();
    if (canvas.width > 0 && canvas.height > 0) pen.drawImage(canvas, (at.left - all.left) * scale, (at.top - all.top) * scale, at.width * scale, at.height * scale);
  }
  const bytes = await new Promise<Blob | null>((done) => picture.toBlob(done, "image/png"));
  if (bytes) download(`${label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.png`, "image/png", bytes);
}
