"use client";

import { DropdownMenu as Radix, Popover as RadixPopover } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { names } from "./class-names";
import { Icon, type IconName } from "./icons";

const SURFACE = "z-50 max-h-[var(--radix-popper-available-height)] overflow-y-auto rounded border border-line-strong bg-raised";

interface Item {
  key: string;
  label: ReactNode;
  icon?: IconName;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}

/** Acts behind one button. */
export function Menu({ trigger, items, label, align = "end" }: { trigger: ReactElement; items: readonly Item[]; label: string; align?: "start" | "end" }): React.ReactElement {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content aria-label={label} align={align} sideOffset={4} collisionPadding={8} className={names(SURFACE, "min-w-40 py-1")}>
          {items.map(({ key, label: words, icon, danger, disabled, onSelect }) => (
            <Radix.Item
              key={key}
              disabled={disabled ?? false}
              onSelect={onSelect}
              className={names("flex h-8 cursor-pointer select-none items-center gap-2 px-3 outline-none data-highlighted:bg-hover data-[disabled]:opacity-55 phone:h-10", danger && "text-danger-text")}
            >
              {icon ? <Icon name={icon} /> : null}
              {words}
            </Radix.Item>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Anything behind a button, beside it. */
export function Popover({ trigger, children, label, align = "end", open, onOpenChange }: { trigger: ReactElement; children: ReactNode; label: string; align?: "start" | "end"; open?: boolean; onOpenChange?: (open: boolean) => void }): React.ReactElement {
  return (
    <RadixPopover.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content aria-label={label} align={align} sideOffset={4} collisionPadding={8} className={names(SURFACE, "p-3")}>
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
