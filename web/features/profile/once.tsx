"use client";

import { useState } from "react";
import { Button, Check, Dialog, copyText, download, toast } from "@/shared/ui";

/** What is shown once and never again: copy it, or save it, then say that it is kept. */
export function Once({ title, items, about, file, close }: { title: string; items: readonly (readonly [string, string])[]; about?: string; file?: string; close: () => void }): React.ReactElement {
  const [kept, setKept] = useState(false);
  const copy = async (words: string, text: string): Promise<void> => {
    if (await copyText(text)) toast.done(`${words} copied`);
    else toast.note("The browser does not let us copy", "Mark the text and copy it yourself.");
  };
  return (
    <Dialog
      open
      dismissible={false}
      onOpenChange={() => undefined}
      title={title}
      about={about ?? "It is shown here once. Nobody can show it again, this platform neither."}
      width="medium"
      foot={
        <>
          {file ? (
            <Button icon="download" onClick={() => download(file, "text/plain", items.map(([, text]) => text).join("\n") + "\n")}>
              Save as a file
            </Button>
          ) : null}
          <Button kind="primary" disabled={!kept} onClick={close}>
            Done
          </Button>
        </>
      }
    >
      {items.map(([words, text]) => (
        <div key={words} className="flex min-w-0 flex-col gap-1">
          <span className="text-small text-soft">{words}</span>
          <div className="flex items-start gap-2">
            <code className="min-w-0 flex-1 whitespace-pre-wrap break-all rounded border bg-ground p-2">{text}</code>
            <Button icon="copy" onClick={() => void copy(words, text)} aria-label={`Copy: ${words}`}>
              Copy
            </Button>
          </div>
        </div>
      ))}
      <Check label="I have kept it" value={kept} onChange={setKept} />
    </Dialog>
  );
}
