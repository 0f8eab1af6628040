"use client";

import { passwordProblem, strengthOf } from "@/shared/session";
import { PasswordField } from "@/shared/ui";

const TONES = { loss: "text-loss", warn: "text-warn", gain: "text-gain" } as const;

/** A password that is chosen: how strong it is, in words, while one types. */
export function NewPassword({ value, onChange, problem, about = [], label = "Password" }: { value: string; onChange: (value: string) => void; problem?: string | undefined; about?: readonly string[]; label?: string }): React.ReactElement {
  const strength = strengthOf(value, about);
  const hint = strength ? <span className={TONES[strength.tone]}>{strength.words}</span> : "12 characters or more. Several words that do not belong together are easy to keep and hard to guess.";
  const early = value && passwordProblem(value) ? passwordProblem(value) : undefined;
  return <PasswordField label={label} value={value} onChange={onChange} autoComplete="new-password" aria-required hint={hint} problem={problem ?? early} />;
}
