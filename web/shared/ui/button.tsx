"use client";

import Link from "next/link";
import { type ComponentProps, type ReactNode } from "react";
import { names } from "./class-names";
import { Icon, type IconName } from "./icons";

/** plain: most; primary: the one next step of a page; danger: stops or destroys; quiet: in rows and bars. */
export type ButtonKind = "plain" | "primary" | "danger" | "quiet";

const KINDS: Record<ButtonKind, string> = {
  plain: "border-line-strong bg-raised hover:bg-hover",
  primary: "border-accent bg-accent text-on-accent hover:brightness-110",
  danger: "border-danger bg-danger text-on-danger hover:brightness-110",
  quiet: "border-transparent bg-transparent text-soft hover:bg-hover hover:text-text",
};

function classes(kind: ButtonKind, small: boolean, square: boolean, more: string | undefined): string {
  const size = small ? names("h-6 text-small", square ? "w-6" : "px-2") : names("h-8 phone:h-10", square ? "w-8 phone:w-10" : "px-3");
  return names("inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded border font-strong transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:opacity-55", size, KINDS[kind], more);
}

interface Look {
  kind?: ButtonKind;
  small?: boolean;
  icon?: IconName;
  /** Something is under way: it says so, and a press does nothing. */
  busy?: boolean;
}

/** A button; it is no submit button unless `type` says so. */
export function Button({ kind = "plain", small = false, icon, busy = false, className, children, onClick, type = "button", ...rest }: Look & ComponentProps<"button">): React.ReactElement {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={busy || undefined}
      className={classes(kind, small, false, className)}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <Icon name="refresh" /> : icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

/** A button of one icon; `label` is its name, for all who cannot see it and for those who rest on it. */
export function IconButton({ kind = "quiet", small = false, icon, busy = false, label, className, type = "button", ...rest }: Look & { icon: IconName; label: string } & Omit<ComponentProps<"button">, "children">): React.ReactElement {
  return (
    <button {...rest} type={type} aria-label={label} title={label} aria-busy={busy || undefined} className={classes(kind, small, true, className)}>
      <Icon name={busy ? "refresh" : icon} />
    </button>
  );
}

/** A way to another page that looks like a button. */
export function ButtonLink({ kind = "plain", small = false, icon, href, children, className }: Look & { href: string; children: ReactNode; className?: string }): React.ReactElement {
  return (
    <Link href={href} prefetch={false} className={classes(kind, small, false, className)}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </Link>
  );
}
