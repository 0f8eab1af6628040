"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { Badge, Card, Page, Tabs, Typed } from "@/shared/ui";
import { useMe } from "@/shared/session";
import { roleWords } from "@/features/users/words";
import { AboutMe } from "./about";
import { Factors } from "./factors";
import { Keys } from "./keys";
import { Leaving } from "./leaving";
import { Linked } from "./linked";
import { Password } from "./password";
import { Sessions } from "./sessions";

/** Who one is here, and how one proves it. */
export function Profile(): React.ReactElement {
  const router = useRouter();
  const me = useMe();
  const tab = useSearchParams().get("tab") ?? (me.must_enrol ? "security" : "about");
  return (
    <Page
      title="Profile and security"
      about={
        <span className="inline-flex flex-wrap items-center gap-2">
          <Typed>{me.name}</Typed>
          {me.owner ? <Badge tone="accent">owner</Badge> : null}
          {me.roles.map((role) => (
            <Badge key={role}>{roleWords(role)}</Badge>
          ))}
        </span>
      }
    >
      <Card flush>
        <Tabs
          label="Profile"
          value={tab}
          onChange={(key) => router.replace(`/profile?tab=${key}`)}
          tabs={[
            { key: "about", label: "About you", content: <AboutMe /> },
            {
              key: "security",
              label: "Password and second factor",
              content: (
                <div className="flex flex-col">
                  <Factors />
                  <Linked />
                  <Password />
                </div>
              ),
            },
            { key: "sessions", label: "Sessions", content: <Sessions /> },
            { key: "keys", label: "API keys", content: <Keys /> },
            { key: "data", label: "Your data", content: <Leaving /> },
          ]}
        />
      </Card>
    </Page>
  );
}
