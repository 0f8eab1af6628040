"use client";

import { useCallback, useId, useMemo, useState, type ComponentProps, type ReactNode } from "react";
import { numberFault, typedNumber } from "@/shared/format";
import type { Problem } from "@/shared/api/problem";
import { IconButton } from "./button";
import { names } from "./class-names";
import { Icon } from "./icons";

interface FieldShape {
  label: string;
  hint?: ReactNode;
  /** Why the value is refused, in the server's words. */
  problem?: string | undefined;
  /** The name stays for those who hear it, but takes no room. */
  bare?: boolean;
  className?: string;
}

function useField({ label, hint, problem, bare, className }: FieldShape): { id: string; aria: { "aria-invalid"?: true; "aria-describedby"?: string }; wrap: (control: ReactNode) => React.ReactElement } {
  const id = useId();
  const below = problem || hint ? `${id}-below` : undefined;
  const aria = { ...(problem ? { "aria-invalid": true as const } : {}), ...(below ? { "aria-describedby": below } : {}) };
  const wrap = (control: ReactNode): React.ReactElement => (
    <div className={names("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={bare ? "sr-only" : "text-small text-soft"}>
        {label}
      </label>
      {control}
      {below ? (
        <div id={below} className={names("flex gap-1 text-small", problem ? "text-loss" : "text-faint")}>
          {problem ? <Icon name="warning" /> : null}
          <span className="min-w-0 break-words">{problem ?? hint}</span>
        </div>
      ) : null}
    </div>
  );
  return { id, aria, wrap };
}

type Input = Omit<ComponentProps<"input">, "value" | "onChange" | "className" | "id">;

interface TextShape extends FieldShape {
  value: string;
  onChange: (value: string) => void;
}

/** One line of text. */
export function TextField({ label, hint, problem, bare, className, value, onChange, ...rest }: TextShape & Input): React.ReactElement {
  const { id, aria, wrap } = useField({ label, hint, ...(problem ? { problem } : {}), ...(bare ? { bare } : {}), ...(className ? { className } : {}) });
  return wrap(<input {...rest} {...aria} id={id} dir="auto" className="control w-full" value={value} onChange={(event) => onChange(event.target.value)} />);
}

/** Several lines of text. */
export function TextArea({ label, hint, problem, bare, className, value, onChange, rows = 4, code = false }: TextShape & { rows?: number; code?: boolean }): React.ReactElement {
  const { id, aria, wrap } = useField({ label, hint, problem, ...(bare ? { bare } : {}), ...(className ? { className } : {}) });
  return wrap(<textarea {...aria} id={id} rows={rows} dir="auto" spellCheck={!code} className={names("control !h-auto w-full py-1.5", code && "font-mono text-small")} value={value} onChange={(event) => onChange(event.target.value)} />);
}

/** A number as exact decimal text: it is never turned into a float. `unit` stands behind it. */
export function NumberField({ label, hint, problem, bare, className, value, onChange, unit, ...rest }: TextShape & Input & { unit?: ReactNode }): React.ReactElement {
  const { id, aria, wrap } = useField({ label, hint, problem: problem ?? numberFault(value), ...(bare ? { bare } : {}), ...(className ? { className } : {}) });
  const input = <input {...rest} {...aria} id={id} inputMode="decimal" autoComplete="off" className={names("control number w-full text-right", unit ? "pr-14" : undefined)} value={value} onChange={(event) => onChange(typedNumber(event.target.value))} />;
  return wrap(
    unit ? (
      <div className="relative">
        {input}
        <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-small text-faint">{unit}</span>
      </div>
    ) : (
      input
    ),
  );
}

/** A password that can be looked at. */
export function PasswordField({ label, hint, problem, className, value, onChange, ...rest }: TextShape & Input): React.ReactElement {
  const [shown, setShown] = useState(false);
  const { id, aria, wrap } = useField({ label, hint, problem, ...(className ? { className } : {}) });
  return wrap(
    <div className="flex gap-1">
      <input {...rest} {...aria} id={id} type={shown ? "text" : "password"} autoCapitalize="off" spellCheck={false} className="control w-full" value={value} onChange={(event) => onChange(event.target.value)} />
      <IconButton kind="plain" icon={shown ? "hidden" : "eye"} label={shown ? "Hide the password" : "Show the password"} aria-pressed={shown} onClick={() => setShown(!shown)} />
    </div>,
  );
}

/** One of a few: the browser's own list, which phones and screen readers know. */
export function Select<V extends string>({ label, hint, problem, bare, className, value, onChange, options, disabled }: FieldShape & { value: V; onChange: (value: V) => void; options: readonly (readonly [V, string])[]; disabled?: boolean }): React.ReactElement {
  const { id, aria, wrap } = useField({ label, hint, problem, ...(bare ? { bare } : {}), ...(className ? { className } : {}) });
  return wrap(
    <select {...aria} id={id} disabled={disabled} className="control w-full" value={value} onChange={(event) => onChange(event.target.value as V)}>
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>,
  );
}

/** Yes or no. */
export function Check({ label, hint, value, onChange, disabled = false }: { label: ReactNode; hint?: ReactNode; value: boolean; onChange: (value: boolean) => void; disabled?: boolean }): React.ReactElement {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <input id={id} type="checkbox" disabled={disabled} className="mt-0.5 size-4 accent-accent-strong" checked={value} onChange={(event) => onChange(event.target.checked)} />
      <label htmlFor={id} className="min-w-0">
        {label}
        {hint ? <span className="block text-small text-faint">{hint}</span> : null}
      </label>
    </div>
  );
}

/** One of two to four, all of them in sight. */
export function Choice<V extends string>({ label, value, onChange, options, bare = false }: { label: string; value: V; onChange: (value: V) => void; options: readonly (readonly [V, string])[]; bare?: boolean }): React.ReactElement {
  const id = useId();
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className={bare ? "sr-only" : "mb-1 text-small text-soft"}>{label}</legend>
      <div className="flex h-8 rounded border border-line-strong phone:h-10">
        {options.map(([key, words]) => (
          <label key={key} className="relative flex flex-1 cursor-pointer items-center justify-center whitespace-nowrap border-line-strong px-3 text-soft first:rounded-l-[5px] last:rounded-r-[5px] has-checked:bg-accent-wash has-checked:font-strong has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent not-first:border-l">
            <input type="radio" name={id} className="absolute opacity-0" checked={value === key} onChange={() => onChange(key)} />
            {words}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What a form checks: the words for each field that is wrong; fields that are right are left out. */
export type Checks<T> = (values: T) => Partial<Record<keyof T & string, string | undefined>>;

interface Form<T> {
  values: T;
  set: <K extends keyof T & string>(name: K, value: T[K]) => void;
  /** Value, problem and change of one field, for `<TextField {...form.field("name")} />`. */
  field: <K extends keyof T & string>(name: K) => { value: T[K]; onChange: (value: T[K]) => void; problem: string | undefined };
  /** Whether all is right; shows what is not. */
  valid: () => boolean;
  /** What the server refused, while the values that it refused still stand. */
  refused: Problem | null;
  /** Something differs from where it began. */
  dirty: boolean;
  reset: (values?: T) => void;
}

/** State of a form: checked while one types (once a field was touched), and with the server's words after it was sent. */
export function useForm<T extends object>(initial: T, checks: Checks<T>, served?: Problem | null): Form<T> {
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [answered, setAnswered] = useState<{ problem: Problem | null | undefined; values: T }>({ problem: null, values: initial });
  if (served !== answered.problem) setAnswered({ problem: served, values });
  const wrong = useMemo(() => checks(values) as Record<string, string | undefined>, [checks, values]);
  const set = useCallback(<K extends keyof T & string>(name: K, value: T[K]) => {
    setValues((before) => ({ ...before, [name]: value }));
    setTouched((before) => (before.has(name) ? before : new Set(before).add(name)));
  }, []);
  const said = useMemo(() => answered.problem?.byField() ?? {}, [answered.problem]);
  const field = <K extends keyof T & string>(name: K): { value: T[K]; onChange: (value: T[K]) => void; problem: string | undefined } => ({
    value: values[name],
    onChange: (value) => set(name, value),
    problem: (touched.has(name) ? wrong[name] : undefined) ?? (answered.values[name] === values[name] ? said[name] : undefined),
  });
  const valid = (): boolean => {
    setTouched(new Set(Object.keys(values)));
    return Object.values(wrong).every((words) => !words);
  };
  const named = Object.keys(said).filter((name): name is keyof T & string => name in values);
  const stands = (name: keyof T & string): boolean => answered.values[name] === values[name];
  const refused = (named.length > 0 ? named : (Object.keys(values) as (keyof T & string)[])).every(stands) ? (answered.problem ?? null) : null;
  const dirty = Object.keys(values).some((name) => values[name as keyof T] !== initial[name as keyof T]);
  const reset = useCallback((to: T = initial) => {
    setValues(to);
    setTouched(new Set());
  }, [initial]);
  return { values, set, field, valid, refused, dirty, reset };
}
