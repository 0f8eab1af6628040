"use client";

import { useApi, type Answer } from "@/shared/api";
import { Answered, Badge, Button, Facts, Icon, copyText, toast } from "@/shared/ui";

type Section = Answer<"/api/v1/settings", "get">["sections"][number];

const TITLES: Record<string, string> = { "": "General", venue: "Venue", exchange: "Exchange port", users: "Users", web: "Web", mail: "Mail", limits: "Limits", oidc: "Identity providers" };

/** What settings.toml says: read at the start, changed in the file. */
export function Platform(): React.ReactElement {
  const settings = useApi("/api/v1/settings");
  return (
    <div className="flex flex-col gap-4 p-4">
      <Answered of={settings} rows={8}>
        {(found) => (
          <>
            <Facts
              className="max-w-[760px]"
              items={[
                ["Version", found.version],
                ["Trades on", `${found.venue} (${found.mode})`],
                ["Settings", <code key="p" className="break-all">{found.path}</code>],
                ["Data", <code key="d" className="break-all">{found.data}</code>],
                ["Venues, lake, runs", <code key="h" className="break-all">{found.home}</code>],
                ["Master key of sealed keys", <code key="m" className="break-all">{found.master}</code>],
              ]}
            />
            <p className="flex max-w-[760px] gap-2 text-soft">
              <Icon name="info" /> These are read when the platform starts. To change one, write its line into settings.toml, below its table, and start the platform again.
            </p>
            <div className="grid items-start gap-3 md:grid-cols-2">
              {found.sections.filter(({ settings: rows }) => rows.length > 0).map((section) => (
                <Table key={section.name} section={section} />
              ))}
            </div>
          </>
        )}
      </Answered>
    </div>
  );
}

function Table({ section }: { section: Section }): React.ReactElement {
  const copy = async (text: string): Promise<void> => {
    const line = section.name ? `[${section.name}]\n${text}` : text;
    if (await copyText(line)) toast.done("The line is copied", line);
  };
  return (
    <section className="flex min-w-0 flex-col rounded border" aria-label={TITLES[section.name] ?? section.name}>
      <h2 className="flex items-center gap-2 border-b px-3 py-2 font-strong">
        {TITLES[section.name] ?? section.name}
        {section.name ? <code className="text-small font-normal text-faint">[{section.name}]</code> : null}
      </h2>
      <ul className="flex flex-col">
        {section.settings.map((setting) => (
          <li key={setting.key} className="flex min-h-9 items-center gap-2 border-b px-3 py-1 last:border-b-0">
            <code className="min-w-0 flex-1 break-all text-small">{setting.value ? setting.text : `# ${setting.key} is not set`}</code>
            {setting.changed ? <Badge tone="accent">{setting.secret ? "kept secret" : "changed"}</Badge> : <span className="text-small text-faint">default</span>}
            <Button small kind="quiet" icon="copy" onClick={() => void copy(setting.text)} aria-label={`Copy the line of ${setting.key}`}>
              {null}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
