"use client";

import { columnVisibilityFeature, rowSortingFeature, tableFeatures, useTable, type ColumnDef, type ColumnVisibilityState, type SortingState, type Updater } from "@tanstack/react-table";
import { memo, useDeferredValue, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { counted } from "@/shared/format";
import { Button, IconButton } from "./button";
import { names } from "./class-names";
import { Empty, Failed, Loading } from "./states";
import { Menu, Popover } from "./menu";
import { useRemembered } from "./remembered";
import { filtered, inSight, sorted, type Valued } from "./table-rows";
import { copyText, download, toCsv, toTabs } from "./taking-out";
import { toast } from "./toast";

/** A column: `value` is what is sorted, filtered, copied and exported; `cell` is what is seen, the value itself if left out. */
export interface Column<Row> extends Valued<Row> {
  title: string;
  cell?: (row: Row) => ReactNode;
  /** Right-aligned, and decimal text is sorted by its size, exactly. */
  number?: boolean;
  /** Pixels. Columns without one share what is left. */
  width?: number;
  /** Not shown until it is chosen. */
  hidden?: boolean;
  /** Not shown on a phone until it is chosen. */
  wide?: boolean;
}

interface TableShape<Row> {
  /** Under this name its columns and order are remembered. */
  id: string;
  /** What the rows are, in the plural: "orders". */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  sort?: { key: string; down?: boolean };
  /** Enter, or a click on the row. */
  onOpen?: ((row: Row) => void) | undefined;
  chosen?: string | undefined;
  /** Acts on a row, at its end; they stay clickable by themselves. */
  acts?: (row: Row) => ReactNode;
  loading?: boolean;
  problem?: unknown;
  onRetry?: () => void;
  empty?: ReactNode;
  /** Called as the end comes near: fetch more. */
  onEnd?: (() => void) | undefined;
  /** A height in rows; else it takes the height of its place (which must have one). */
  height?: number;
  /** Beside the filter. */
  tools?: ReactNode;
  /** Without filter, columns and export: for a few rows inside a card. */
  plain?: boolean;
}

const FEATURES = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
type Features = typeof FEATURES;
const ACTS_WIDTH = 90;
const LEAST_WIDTH = 96;
const MANY = 5_000;
const NO_ROWS: never[] = [];

// The table keeps columns and order; rows are sorted and filtered by table-rows.ts, and only those in sight are drawn.
function defined<Row extends object>(columns: readonly Column<Row>[]): ColumnDef<Features, Row>[] {
  return columns.map((column) => ({ id: column.key, accessorFn: (row: Row) => column.value(row), sortDescFirst: column.number ?? false }));
}

const initialVisibility = <Row,>(columns: readonly Column<Row>[], phone: boolean): ColumnVisibilityState =>
  Object.fromEntries(columns.map(({ key, hidden, wide }) => [key, !hidden && !(phone && wide)]));

/**
 * A table of any number of rows: sorts, filters, lets columns be chosen, copies and exports what it shows, and is walked by keyboard
 * (arrows, Home, End, Page keys; Enter opens; Ctrl-C copies the row; / goes to the filter).
 */
export function DataTable<Row extends object>(shape: TableShape<Row>): React.ReactElement {
  const { id, label, rows, columns, rowKey, sort, onOpen, chosen, acts, loading = false, problem, onRetry, empty, onEnd, height, tools, plain = false } = shape;
  const phone = typeof window !== "undefined" && window.matchMedia?.("(max-width: 767px)").matches === true;
  const [filter, setFilter] = useState("");
  const [sorting, setSorting] = useRemembered<SortingState>(`table.${id}.sort`, sort ? [{ id: sort.key, desc: sort.down ?? false }] : []);
  const [visible, setVisible] = useRemembered<ColumnVisibilityState>(`table.${id}.columns`, initialVisibility(columns, phone));
  const definitions = useMemo(() => defined(columns), [columns]);
  const table = useTable({
    features: FEATURES,
    columns: definitions,
    data: NO_ROWS as Row[],
    manualSorting: true,
    enableSortingRemoval: true,
    state: { sorting, columnVisibility: visible },
    onSortingChange: (change: Updater<SortingState>) => setSorting(typeof change === "function" ? change(sorting) : change),
  });
  const shown = useMemo(() => columns.filter(({ key }) => visible[key] !== false), [columns, visible]);
  const texts = useMemo(() => ({ columns, kept: new WeakMap<Row, string>() }), [columns]);
  const wanted = useDeferredValue(filter); // typing goes before what it leads to
  const later = useDeferredValue(rows);
  const taken = rows.length > MANY ? later : rows;
  const some = useMemo(() => filtered(taken, columns, wanted, texts.kept), [taken, columns, wanted, texts]);
  const [order] = sorting;
  const model = useMemo(() => {
    const column = order && columns.find(({ key }) => key === order.id);
    return column ? sorted(some, column, order.desc) : some;
  }, [some, columns, order]);
  const scroller = useRef<HTMLDivElement>(null);
  const filterBox = useRef<HTMLInputElement>(null);
  const gridId = useId();
  const rowHeight = useRowHeight();
  const { first, count } = useWindow(scroller, rowHeight);
  const [at, setAt] = useState<{ key: string; near: number }>();
  const [from, until] = inSight(first, useDeferredValue(first), count, model.length);
  useEffect(() => {
    if (onEnd && model.length > 0 && until >= model.length - 20) onEnd();
  }, [onEnd, until, model.length]);

  const grid = useMemo(() => template(shown, acts !== undefined), [shown, acts]);
  const least = useMemo(() => shown.reduce((sum, { width }) => sum + (width ?? LEAST_WIDTH), acts ? ACTS_WIDTH : 0), [shown, acts]);
  const near = at && model[at.near];
  const index = at === undefined ? -1 : near && rowKey(near) === at.key ? at.near : model.findIndex((row) => rowKey(row) === at.key);
  const go = (wanted: number): void => {
    const to = Math.max(0, Math.min(model.length - 1, wanted));
    const row = model[to];
    const place = scroller.current;
    if (!row || !place) return;
    setAt({ key: rowKey(row), near: to });
    const [top, room] = [to * rowHeight, place.clientHeight - 2 * rowHeight];
    if (top < place.scrollTop) place.scrollTop = top;
    else if (top > place.scrollTop + room) place.scrollTop = top - room;
  };
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / rowHeight) - 1);
  const cells = (row: Row): string[] => shown.map((column) => String(column.value(row) ?? ""));
  const all = (): string[][] => [shown.map(({ title }) => title), ...model.map(cells)];
  const copy = (text: string, what: string): void => void copyText(text).then((done) => (done ? toast.done(`Copied ${what}`) : toast.note("This browser does not let pages copy")));

  const onKey = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = { ArrowDown: index + 1, ArrowUp: Math.max(0, index - 1), Home: 0, End: model.length - 1, PageDown: index + page, PageUp: index - page };
    const to = moves[event.key];
    const current = model[index];
    if (event.target !== scroller.current) return;
    if (to !== undefined) go(to);
    else if (event.key === "Enter" && current && onOpen) onOpen(current);
    else if (event.key === "c" && (event.ctrlKey || event.metaKey) && current && !String(window.getSelection())) copy(cells(current).join("\t"), "the row");
    else if (event.key === "/" && !plain) filterBox.current?.focus();
    else return;
    event.preventDefault();
  };

  const body =
    problem && rows.length === 0 ? (
      <Failed problem={problem} {...(onRetry ? { retry: onRetry } : {})} />
    ) : loading && rows.length === 0 ? (
      <Loading rows={Math.min(height ?? 8, 12)} />
    ) : model.length === 0 ? (
      filter ? <Empty title={`No ${label} with \u201c${filter}\u201d`} action={<Button onClick={() => setFilter("")}>Clear the filter</Button>} /> : (empty ?? <Empty title={`No ${label} yet`} />)
    ) : null;

  return (
    <div className={names("flex min-h-0 min-w-0 flex-col", height === undefined && "h-full")}>
      {plain ? null : (
        <div className="flex min-h-10 flex-wrap items-center gap-2 border-b px-2 py-1">
          <input ref={filterBox} type="search" aria-label={`Filter ${label}`} placeholder={`Filter ${label}`} className="control !h-7 w-48 phone:!h-10 phone:w-36" value={filter} onChange={(event) => setFilter(event.target.value)} />
          {tools}
          <span className="ml-auto text-small text-faint phone:hidden" aria-live="polite">
            {counted(model.length, label)}
          </span>
          <Popover label="Columns" trigger={<IconButton small icon="columns" label="Choose columns" />}>
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-2 font-strong">Columns</legend>
              {columns.map(({ key, title }) => (
                <label key={key} className="flex items-center gap-2">
                  <input type="checkbox" className="size-4 accent-accent-strong" checked={visible[key] !== false} disabled={visible[key] !== false && shown.length === 1} onChange={(event) => setVisible({ ...visible, [key]: event.target.checked })} />
                  {title}
                </label>
              ))}
              <Button small onClick={() => setVisible(initialVisibility(columns, phone))}>As at first</Button>
            </fieldset>
          </Popover>
          <Menu
            label={`Take ${label} out`}
            trigger={<IconButton small icon="download" label={`Copy or export ${label}`} />}
            items={[
              { key: "copy", label: "Copy what is shown", icon: "copy", onSelect: () => copy(toTabs(all()), counted(model.length, label)) },
              { key: "csv", label: "Export as CSV", icon: "download", onSelect: () => download(`${id}.csv`, "text/csv", toCsv(all())) },
            ]}
          />
        </div>
      )}
      <div
        ref={scroller}
        role="grid"
        id={gridId}
        aria-label={label}
        aria-rowcount={model.length + 1}
        aria-colcount={shown.length + (acts ? 1 : 0)}
        aria-activedescendant={index >= 0 ? `${gridId}-${at?.key}` : undefined}
        aria-busy={loading || undefined}
        tabIndex={0}
        onKeyDown={onKey}
        className="relative min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
        {...(height === undefined ? {} : { style: { maxHeight: (height + 1) * rowHeight + 2 } })}
      >
        <div role="row" aria-rowindex={1} className="sticky top-0 z-10 grid border-b bg-panel text-small text-soft" style={{ gridTemplateColumns: grid, minWidth: least }}>
          {shown.map(({ key, title, number }) => {
            const order = sorting[0]?.id === key ? (sorting[0].desc ? "descending" : "ascending") : "none";
            return (
              <div key={key} role="columnheader" aria-sort={order} className="min-w-0">
                <button type="button" className={names("flex h-[var(--row)] w-full items-center gap-1 truncate px-2 hover:text-text focus-visible:-outline-offset-2", number && "justify-end", order !== "none" && "text-text")} onClick={() => table.getColumn(key)?.toggleSorting()}>
                  <span className="truncate">{title}</span>
                  {order === "none" ? null : <span aria-hidden="true">{order === "descending" ? "\u25bc" : "\u25b2"}</span>}
                </button>
              </div>
            );
          })}
          {acts ? (
            <div role="columnheader">
              <span className="sr-only">Actions</span>
            </div>
          ) : null}
        </div>
        {body ? (
          <div role="row">
            <div role="gridcell">{body}</div>
          </div>
        ) : (
          <div role="rowgroup" className="relative" style={{ height: model.length * rowHeight, minWidth: least }}>
            {model.slice(from, until).map((row, offset) => {
              const key = rowKey(row);
              const place = from + offset;
              return <Line key={key} id={`${gridId}-${key}`} row={row} columns={shown} acts={acts} grid={grid} top={place * rowHeight} at={place === index} chosen={key === chosen} index={place} onOpen={onOpen} onPoint={() => setAt({ key, near: place })} />;
            })}
          </div>
        )}
      </div>
    </div>
  );
}

interface LineShape<Row> {
  id: string;
  row: Row;
  columns: readonly Column<Row>[];
  acts: ((row: Row) => ReactNode) | undefined;
  grid: string;
  top: number;
  at: boolean;
  chosen: boolean;
  index: number;
  onOpen: ((row: Row) => void) | undefined;
  onPoint: () => void;
}

function Line_<Row>({ id, row, columns, acts, grid, top, at, chosen, index, onOpen, onPoint }: LineShape<Row>): React.ReactElement {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen || at}
      className={names("absolute left-0 grid h-[var(--row)] w-full items-center border-b [contain:strict] hover:bg-hover", onOpen && "cursor-pointer", chosen ? "bg-accent-wash" : at ? "bg-raised" : undefined)}
      style={{ gridTemplateColumns: grid, transform: `translateY(${top}px)` }}
      onClick={(event) => {
        onPoint();
        const target = event.target as Element;
        if (onOpen && event.currentTarget.contains(target) && !target.closest("button, a, input, select")) onOpen(row); // a dialog of its acts stands elsewhere
      }}
    >
      {columns.map(({ key, number, cell, value }) => (
        <div key={key} role="gridcell" className={names("min-w-0 truncate px-2", number && "number text-right")}>
          {cell ? cell(row) : plainText(value(row))}
        </div>
      ))}
      {acts ? (
        <div role="gridcell" className="flex justify-end gap-1 px-1">
          {acts(row)}
        </div>
      ) : null}
    </div>
  );
}

const Line = memo(Line_, (a, b) => a.row === b.row && a.columns === b.columns && a.acts === b.acts && a.grid === b.grid && a.top === b.top && a.at === b.at && a.chosen === b.chosen && a.onOpen === b.onOpen) as typeof Line_;

const plainText = (value: unknown): ReactNode => (value == null || value === "" ? "\u2013" : <bdi>{String(value)}</bdi>);

function template<Row>(columns: readonly Column<Row>[], acts: boolean): string {
  const widths = columns.map(({ width }) => (width ? `minmax(${width}px, ${width}fr)` : `minmax(${LEAST_WIDTH}px, ${LEAST_WIDTH}fr)`));
  return [...widths, ...(acts ? [`${ACTS_WIDTH}px`] : [])].join(" ");
}

/** Which rows are in sight: the first, and how many. */
function useWindow(scroller: RefObject<HTMLDivElement | null>, rowHeight: number): { first: number; count: number } {
  const [seen, setSeen] = useState({ first: 0, count: 24 });
  useEffect(() => {
    const place = scroller.current;
    if (!place) return;
    const read = (): void => {
      const first = Math.max(0, Math.floor(place.scrollTop / rowHeight));
      const count = Math.ceil(place.clientHeight / rowHeight) + 1;
      setSeen((before) => (before.first === first && before.count === count ? before : { first, count }));
    };
    read();
    place.addEventListener("scroll", read, { passive: true });
    const sizes = new ResizeObserver(read);
    sizes.observe(place);
    return () => {
      place.removeEventListener("scroll", read);
      sizes.disconnect();
    };
  }, [scroller, rowHeight]);
  return seen;
}

function useRowHeight(): number {
  const [height, setHeight] = useState(32);
  useEffect(() => {
    const read = (): void => setHeight(parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10) || 32);
    read();
    const watcher = new MutationObserver(read);
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-density"] });
    return () => watcher.disconnect();
  }, []);
  return height;
}
