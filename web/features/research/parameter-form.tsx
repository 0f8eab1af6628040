"use client";

import { Button, Check, IconButton, NumberField, Select, TextField } from "@/shared/ui";
import { isOn, stepOf, stepped, wrongWith, type Parameter } from "./parameters";

interface Shape {
  parameters: readonly Parameter[];
  values: Readonly<Record<string, string>>;
  onChange: (values: Record<string, string>) => void;
}

/** A form made from the ranges that a strategy declares: slider, steps and exact text for each, checked while one types. */
export function ParameterForm({ parameters, values, onChange }: Shape): React.ReactElement {
  const set = (name: string, value: string): void => onChange({ ...values, [name]: value });
  if (parameters.length === 0) return <p className="text-soft">This strategy declares no parameters.</p>;
  const differs = parameters.some(({ name, default: usual }) => (values[name] ?? usual) !== usual);
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-1 gap-x-6 gap-y-3 md:grid-cols-2">
        {parameters.map((parameter) => (
          <ParameterField key={parameter.name} parameter={parameter} value={values[parameter.name] ?? parameter.default} onChange={(value) => set(parameter.name, value)} />
        ))}
      </div>
      {differs ? (
        <div>
          <Button small icon="refresh" onClick={() => onChange(Object.fromEntries(parameters.map(({ name, default: usual }) => [name, usual])))}>
            As the class declares
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function ParameterField({ parameter, value, onChange }: { parameter: Parameter; value: string; onChange: (value: string) => void }): React.ReactElement {
  const { name, kind, low, high, choices, expected, default: usual } = parameter;
  if (kind === "bool") return <Check label={name} hint={`declared: ${usual}`} value={isOn(value)} onChange={(on) => onChange(on ? "true" : "false")} />;
  if (choices.length > 0) return <Select label={name} value={value} onChange={onChange} options={choices.map((one) => [one, one] as const)} problem={wrongWith(parameter, value)} />;
  if (kind === "str") return <TextField label={name} value={value} onChange={onChange} />;
  const problem = wrongWith(parameter, value);
  const known = problem === undefined;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-end gap-1">
        <NumberField className="min-w-0 flex-1" label={name} value={value} onChange={onChange} problem={problem} hint={known ? `${expected}, declared ${usual}` : undefined} />
        <IconButton icon="minus" label={`${name} one step down`} onClick={() => onChange(stepped(parameter, value, false))} className="mb-5" />
        <IconButton icon="plus" label={`${name} one step up`} onClick={() => onChange(stepped(parameter, value, true))} className="mb-5" />
      </div>
      {low === "" ? null : (
        <input type="range" aria-label={`${name}, slider`} className={SLIDER} min={low} max={high} step={kind === "int" ? stepOf(parameter) : "any"} value={known ? value : usual} onChange={(event) => onChange(snapped(parameter, event.target.value))} />
      )}
    </div>
  );
}

const SLIDER =
  "h-1.5 w-full cursor-pointer appearance-none rounded-small bg-line-strong [&::-webkit-slider-thumb]:size-4 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:bg-accent [&::-moz-range-thumb]:size-4 [&::-moz-range-thumb]:rounded-full [&::-moz-range-thumb]:border-0 [&::-moz-range-thumb]:bg-accent";

/** What a slider gives, on the grid of the steps from the lower end. */
function snapped(parameter: Parameter, text: string): string {
  if (parameter.kind === "int") return text;
  const step = stepOf(parameter);
  const places = step.split(".")[1]?.length ?? 0;
  const count = Math.round((Number(text) - Number(parameter.low)) / Number(step));
  const value = Number(parameter.low) + count * Number(step);
  return Math.min(Number(parameter.high), value).toFixed(Math.max(places, parameter.low.split(".")[1]?.length ?? 0));
}
