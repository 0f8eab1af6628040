"use client";

import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { names } from "./class-names";
import { useRemembered } from "./remembered";

const STEP = 2;

/** Two panels whose border can be moved by pointer and arrow keys; the place is remembered under `id`. On a phone they stand below each other. */
export function Split({ id, label, across = true, initial = 50, least = 15, first, second, className }: { id: string; label: string; across?: boolean; initial?: number; least?: number; first: ReactNode; second: ReactNode; className?: string }): React.ReactElement {
  const [share, setShare] = useRemembered(`split.${id}`, initial);
  const box = useRef<HTMLDivElement>(null);
  const set = (value: number): void => setShare(Math.round(Math.max(least, Math.min(100 - least, value)) * 10) / 10);
  useEffect(() => {
    box.current?.style.setProperty("--share", `${share}%`);
  }, [share]);
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !box.current) return;
    const place = box.current.getBoundingClientRect();
    set(across ? ((event.clientX - place.left) / place.width) * 100 : ((event.clientY - place.top) / place.height) * 100);
  };
  const key = (event: KeyboardEvent): void => {
    const [less, more] = across ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to = { [less as string]: share - STEP, [more as string]: share + STEP, Home: least, End: 100 - least }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };
  return (
    <div ref={box} className={names("flex h-full min-h-0 min-w-0 phone:h-auto phone:flex-col phone:gap-3", across ? "flex-row" : "flex-col", className)}>
      <div className={names("min-h-0 min-w-0 shrink-0 grow-0 phone:basis-auto", "basis-(--share,50%)")}>{first}</div>
      <div
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation={across ? "vertical" : "horizontal"}
        aria-valuenow={Math.round(share)}
        aria-valuemin={least}
        aria-valuemax={100 - least}
        className={names("group flex shrink-0 touch-none items-center justify-center phone:hidden", across ? "w-3 cursor-col-resize" : "h-3 cursor-row-resize")}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onDoubleClick={() => set(initial)}
        onKeyDown={key}
      >
        <span className={names("rounded-small bg-line group-hover:bg-accent group-focus-visible:bg-accent", across ? "h-8 w-0.5" : "h-0.5 w-8")} />
      </div>
      <div className="min-h-0 min-w-0 flex-1">{second}</div>
    </div>
  );
}
