"use client";

import type { Me } from "@/shared/api/me";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { SignInForm } from "./sign-in-form";

/** The session ended under somebody's hands: they sign in here, and the page below stays as it is. */
export function ReturnDialog({ open, name, onEntered, onGone }: { open: boolean; name: string; onEntered: (me: Me) => void; onGone: () => void }): React.ReactElement {
  return (
    <Dialog open={open} onOpenChange={() => undefined} dismissible={false} title="Your session ended" about="Sign in again to go on where you were. What you typed is still there; nothing was sent.">
      <SignInForm name={name} onEntered={onEntered} />
      <Button kind="quiet" small onClick={onGone}>
        Sign in as somebody else
      </Button>
    </Dialog>
  );
}
