"use client";

import { Card, Facts, Page } from "@/shared/ui";

const LIBRARIES = [
  ["Next.js, React", "MIT"],
  ["TanStack Query, Table", "MIT"],
  ["Radix UI, cmdk", "MIT"],
  ["uPlot", "MIT"],
  ["Tailwind CSS", "MIT"],
  ["Lightweight Charts", "Apache-2.0"],
] as const;

/** What the screen is made of, and the notices that its licences ask for. */
export function About(): React.ReactElement {
  return (
    <Page title="About Parrot">
      <div className="grid max-w-[960px] gap-3 md:grid-cols-2">
        <Card title="Parrot">
          <p>A self-hosted trading platform, licensed under Apache-2.0. It trades on paper unless you tell it otherwise, and gives no investment advice.</p>
        </Card>
        <Card title="Made with">
          <Facts items={LIBRARIES} />
          <p className="mt-3 text-soft">
            TradingView Lightweight Charts™, Copyright (c) 2025{" "}
            <a className="link" href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer">
              TradingView, Inc.
            </a>{" "}
            https://www.tradingview.com/
          </p>
        </Card>
      </div>
    </Page>
  );
}
