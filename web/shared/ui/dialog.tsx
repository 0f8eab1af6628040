"use client";

import { Dialog as Radix } from "radix-ui";
import { useEffect, useId, useState, type ReactNode } from "react";
import { Button, IconButton, type ButtonKind } from "./button";
import { names } from "./class-names";
import { FailedLine } from "./states";

const WIDTHS = { small: "max-w-[420px]", medium: "max-w-[640px]", large: "max-w-[960px]" } as const;

interface DialogShape {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  about?: ReactNode;
  width?: keyof typeof WIDTHS;
  /** False: only its buttons close it. */
  dismissible?: boolean;
  foot?: ReactNode;
  children?: ReactNode;
}

/** A dialog: keeps the keyboard inside, Escape closes, focus goes back to where it came from. */
export function Dialog({ open, onOpenChange, title, about, width = "small", dismissible = true, foot, children }: DialogShape): React.ReactElement {
  const stay = (event: Event): void => {
    if (!dismissible) event.preventDefault();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-ground opacity-75" />
        <Radix.Content
          {...(about ? {} : { "aria-describedby": undefined })}
          onEscapeKeyDown={stay}
          onInteractOutside={stay}
          className={names("fixed left-1/2 top-1/2 z-50 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded border border-line-strong bg-panel", WIDTHS[width])}
        >
          <header className="flex min-h-10 items-center gap-2 border-b px-4 py-2">
            <Radix.Title className="min-w-0 flex-1 text-large font-strong">{title}</Radix.Title>
            {dismissible ? (
              <Radix.Close asChild>
                <IconButton icon="close" label="Close" small />
              </Radix.Close>
            ) : null}
          </header>
          <div className="flex min-h-0 flex-col gap-3 overflow-y-auto p-4">
            {about ? (
              <Radix.Description asChild>
                <div className="text-soft">{about}</div>
              </Radix.Description>
            ) : null}
            {children}
          </div>
          {foot ? <footer className="flex flex-wrap justify-end gap-2 border-t p-3">{foot}</footer> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmShape {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, to what, and whether it can be undone. */
  children: ReactNode;
  /** The verb on the button: "Cancel 3 orders", never "OK". */
  action: string;
  kind?: ButtonKind;
  /** A word that has to be typed first, for acts that cannot be undone. */
  word?: string;
  busy?: boolean;
  problem?: unknown;
  onConfirm: () => void;
}

/** Asks before an act. It stays open until the act is done, and shows why it failed. */
export function Confirm({ open, onOpenChange, title, children, action, kind = "danger", word, busy = false, problem, onConfirm }: ConfirmShape): React.ReactElement {
  const [typed, setTyped] = useState("");
  const id = useId();
  const ready = word === undefined || typed.trim() === word;
  useEffect(() => {
    if (!open) setTyped("");
  }, [open]);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      about={children}
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>Leave it</Button>
          <Button kind={kind} busy={busy} disabled={!ready} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {word === undefined ? null : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready && !busy) onConfirm();
          }}
        >
          <label htmlFor={id} className="mb-1 block text-soft">
            Type <b className="text-text">{word}</b> to go on
          </label>
          <input id={id} className="control w-full" value={typed} autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
        </form>
      )}
      <FailedLine problem={problem} />
    </Dialog>
  );
}
