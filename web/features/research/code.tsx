"use client";

import { Button, copyText, toast } from "@/shared/ui";

/** Source as it is: read only, with line numbers that are not copied along. */
export function Code({ text, label }: { text: string; label: string }): React.ReactElement {
  if (!text) return <p className="p-3 text-soft">The text was not kept.</p>;
  return (
    <div className="relative min-w-0">
      <Button small icon="copy" className="absolute right-2 top-2" onClick={() => void copyText(text).then(() => toast.done("Copied"))}>
        Copy
      </Button>
      <div role="region" aria-label={label} tabIndex={0} className="max-h-[70vh] overflow-auto p-3">
        <pre className="font-mono text-small">
          {text.split("\n").map((line, at) => (
            <span key={at} className="flex">
              <span aria-hidden="true" className="w-10 shrink-0 select-none pr-3 text-right text-faint">
                {at + 1}
              </span>
              <code>{line || " "}</code>
            </span>
          ))}
        </pre>
      </div>
    </div>
  );
}
