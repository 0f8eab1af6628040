/** What the licence of lightweight-charts asks for; stands below every chart made with it. */
export function ChartNotice(): React.ReactElement {
  return (
    <p className="px-2 py-1 text-small text-faint">
      TradingView Lightweight Charts™, Copyright (c) 2025{" "}
      <a className="link" href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer">
        TradingView, Inc.
      </a>
    </p>
  );
}
