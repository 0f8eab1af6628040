import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { SessionProvider } from "@/shared/session";
import { Frame } from "@/shared/shell/frame";
import "./globals.css";

export const metadata: Metadata = { title: "Parrot", description: "A self-hosted trading platform", applicationName: "Parrot", manifest: "/manifest.webmanifest", icons: { icon: [{ url: "/icons/parrot.svg", type: "image/svg+xml" }], apple: "/icons/parrot-180.png" }, appleWebApp: { capable: true, title: "Parrot", statusBarStyle: "black" }, formatDetection: { telephone: false, email: false, address: false } };
export const viewport: Viewport = { width: "device-width", initialScale: 1, themeColor: "#13171b", // lint: the browser wants a colour, --panel
  viewportFit: "cover" };

export default function Layout({ children }: { children: ReactNode }): React.ReactElement {
  return (
    <html lang="en" data-theme="dark" suppressHydrationWarning>
      <head>
        <script src="/appearance.js" />
      </head>
      <body>
        <SessionProvider>
          <Frame>{children}</Frame>
        </SessionProvider>
      </body>
    </html>
  );
}
