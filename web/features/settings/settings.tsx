"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useMay } from "@/shared/session";
import { Card, Page, Tabs } from "@/shared/ui";
import { LookAndTime } from "./look";
import { Notifications } from "./notifications";
import { Platform } from "./platform";
import { Venues } from "./venues";

/** How this Parrot looks to one, which venues it knows, what it tells one, and what its settings file says. */
export function Settings(): React.ReactElement {
  const router = useRouter();
  const tab = useSearchParams().get("tab") ?? "look";
  const mayRead = useMay("settings:read");
  const house = [
    { key: "venues", label: "Venues", content: <Venues /> },
    { key: "platform", label: "This platform", content: <Platform /> },
  ];
  return (
    <Page title="Settings">
      <Card flush>
        <Tabs
          label="Settings"
          value={tab}
          onChange={(key) => router.replace(`/settings?tab=${key}`)}
          tabs={[{ key: "look", label: "Look and time", content: <LookAndTime /> }, { key: "notifications", label: "Notifications", content: <Notifications /> }, ...(mayRead ? house : [])]}
        />
      </Card>
    </Page>
  );
}
