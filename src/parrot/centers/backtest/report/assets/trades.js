// The list of trades: sorted, filtered, paged, written as CSV.
function readTrades(packed, currency) {
  const held = packed.held.map((units) => (units === null ? null : units * packed.heldUnit));
  const entries = packed.held.length ? timesOf(packed.entry) : [];
  const all = entries.map((entry, place) => ({
    place, entry,
    exit: held[place] === null ? null : entry + held[place],
    held: held[place],
    symbol: packed.symbol[place], long: packed.long[place] === 1, open: packed.open[place] === 1,
    quantity: packed.quantity[place], entryPrice: packed.entryPrice[place], exitPrice: packed.exitPrice[place],
    pnl: packed.pnl[place], fees: packed.fees[place], return: packed.return[place], bars: packed.bars[place],
    whyEntry: packed.reasons[packed.whyEntry[place]], whyExit: packed.reasons[packed.whyExit[place]],
  }));
  const first = packed.total - all.length + 1;
  return {
    ...packed, all, first, currency,
    said(trade) {
      const side = trade.long ? "Long" : "Short", price = (value) => number(value, packed.prices);
      const from = `#${trade.place + first} ${side} ${number(trade.quantity, packed.quantities)} at ${price(trade.entryPrice)}${trade.whyEntry ? ` (${trade.whyEntry})` : ""}`;
      const until = trade.exit === null ? "open" : `out at ${price(trade.exitPrice)}${trade.whyExit ? ` (${trade.whyExit})` : ""}`;
      return `${from}, ${until}, ${number(trade.pnl, packed.decimals, true)} ${currency}`;
    },
  };
}

const tone = (value) => (value > 0 ? "gain" : value < 0 ? "loss" : "");

function columnsOf(trades) {
  const unit = trades.currency ? ` (${trades.currency})` : "";
  const result = (value) => number(value, trades.decimals, true);
  const columns = [
    { head: "#", key: "place", text: (t) => String(t.place + trades.first), go: true },
    { head: "Symbol", key: "symbol", text: (t) => trades.symbols[t.symbol], word: true },
    { head: "Side", key: "long", text: (t) => (t.long ? "↑ long" : "↓ short"), csv: (t) => (t.long ? "long" : "short"), word: true },
    { head: `Result${unit}`, key: "pnl", text: (t) => result(t.pnl), csv: (t) => t.pnl, tone: true },
    { head: "Return", key: "return", text: (t) => percent(t.return, 2, true), csv: (t) => t.return, tone: true },
    { head: "Entry (UTC)", key: "entry", text: (t) => stamp(t.entry), word: true },
    { head: "Exit (UTC)", key: "exit", text: (t) => (t.open ? "open" : stamp(t.exit)), word: true },
    { head: "Held", key: "held", text: (t) => span(t.held), csv: (t) => (t.held === null ? "" : t.held / 1000) },
    { head: "Bars", key: "bars", text: (t) => number(t.bars, 0), csv: (t) => t.bars },
    { head: "Quantity", key: "quantity", text: (t) => number(t.quantity, trades.quantities), csv: (t) => t.quantity },
    { head: "Entry price", key: "entryPrice", text: (t) => number(t.entryPrice, trades.prices), csv: (t) => t.entryPrice },
    { head: "Exit price", key: "exitPrice", text: (t) => number(t.exitPrice, trades.prices), csv: (t) => t.exitPrice },
    { head: `Fees${unit}`, key: "fees", text: (t) => number(t.fees, trades.decimals), csv: (t) => t.fees },
    { head: "Why in", key: "whyEntry", text: (t) => t.whyEntry || "–", csv: (t) => t.whyEntry, why: true, word: true },
    { head: "Why out", key: "whyExit", text: (t) => t.whyExit || "–", csv: (t) => t.whyExit, why: true, word: true },
  ];
  return trades.symbols.length > 1 ? columns : columns.filter((column) => column.key !== "symbol");
}

class TradeList {
  constructor(trades, show) {
    Object.assign(this, { trades, show, columns: columnsOf(trades), key: "place", down: false, page: 0 });
    this.table = document.getElementById("trade-list");
    this.form = document.getElementById("filters");
    this.rows = document.getElementById("page-rows");
    this.head();
    this.form.addEventListener("input", () => this.refresh());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.rows.addEventListener("change", () => this.refresh());
    document.getElementById("csv").addEventListener("click", () => this.download());
    document.getElementById("pager").addEventListener("click", (event) => this.turn(event.target.dataset.page));
    this.refresh();
  }

  head() {
    const row = document.createElement("tr");
    for (const column of this.columns) {
      const cell = element("th", "", column.word ? "" : "n");
      const button = element("button", column.head);
      cell.scope = "col";
      button.type = "button";
      button.addEventListener("click", () => this.sort(column));
      cell.append(button);
      column.cell = cell;
      row.append(cell);
    }
    this.table.tHead.replaceChildren(row);
  }

  // The first click on numbers shows the largest first, on words and times the first.
  sort(column) {
    this.down = this.key === column.key ? !this.down : !column.word && column.key !== "place";
    this.key = column.key;
    this.refresh();
  }

  refresh() {
    this.found = this.ordered(this.trades.all.filter(this.wanted()));
    this.page = 0;
    for (const { key, cell } of this.columns) {
      if (key === this.key) cell.ariaSort = this.down ? "descending" : "ascending"; else cell.ariaSort = null;
    }
    document.getElementById("found").textContent = this.told();
    this.write();
  }

  // Open trades have no result yet, so they are counted apart.
  told() {
    const closed = this.found.filter((trade) => !trade.open), open = this.found.length - closed.length;
    const total = number(closed.reduce((sum, trade) => sum + trade.pnl, 0), this.trades.decimals, true);
    const counted = `${number(closed.length, 0)} closed ${closed.length === 1 ? "trade" : "trades"}`;
    return `${counted}, together ${total} ${this.trades.currency}${open ? `; ${number(open, 0)} open` : ""}`;
  }

  wanted() {
    const { text, side, result } = Object.fromEntries(new FormData(this.form));
    const words = text.trim().toLowerCase();
    const results = { won: (t) => !t.open && t.pnl > 0, lost: (t) => !t.open && t.pnl < 0, open: (t) => t.open };
    return (trade) =>
      (!side || trade.long === (side === "1")) &&
      (!result || results[result](trade)) &&
      (!words || `${this.trades.symbols[trade.symbol]} ${trade.whyEntry} ${trade.whyExit}`.toLowerCase().includes(words));
  }

  ordered(found) {
    const sign = this.down ? -1 : 1, key = this.key;
    const value = key === "symbol" ? (trade) => this.trades.symbols[trade.symbol] : (trade) => trade[key];
    return found.sort((one, other) => {
      const a = value(one), b = value(other);
      if (a === b) return one.place - other.place;
      if (a === null || b === null) return a === null ? 1 : -1;
      return (a < b ? -1 : 1) * sign;
    });
  }

  write() {
    const size = Number(this.rows.value), pages = Math.max(1, Math.ceil(this.found.length / size));
    this.pages = pages;
    const shown = this.found.slice(this.page * size, (this.page + 1) * size);
    this.table.tBodies[0].replaceChildren(...(shown.length ? shown.map((trade) => this.row(trade)) : [this.none()]));
    document.getElementById("page-now").textContent = `Page ${number(this.page + 1, 0)} of ${number(pages, 0)}`;
    for (const button of document.querySelectorAll("#pager button")) {
      button.disabled = ["first", "back"].includes(button.dataset.page) ? this.page === 0 : this.page === pages - 1;
    }
  }

  row(trade) {
    const row = document.createElement("tr");
    for (const column of this.columns) {
      const cell = element("td", "", column.why ? "why" : column.word ? "" : "n");
      if (column.tone) cell.className = `n ${tone(trade[column.key])}`;
      if (column.go && this.show) cell.append(this.link(trade, column.text(trade)));
      else if (column.why) cell.append(element("span", column.text(trade)));
      else cell.textContent = column.text(trade);
      row.append(cell);
    }
    return row;
  }

  link(trade, text) {
    const button = element("button", text, "go");
    button.type = "button";
    button.title = "Show on the chart";
    button.setAttribute("aria-label", `Show trade ${text} on the chart`);
    button.addEventListener("click", () => this.show(trade));
    return button;
  }

  none() {
    const row = document.createElement("tr"), cell = element("td", "No trade fits these filters.");
    cell.colSpan = this.columns.length;
    row.append(cell);
    return row;
  }

  turn(where) {
    const pages = { first: 0, back: this.page - 1, on: this.page + 1, last: this.pages - 1 };
    if (!(where in pages)) return;
    this.page = Math.min(this.pages - 1, Math.max(0, pages[where]));
    this.write();
  }

  download() {
    const lines = [this.columns.map((column) => column.head)];
    for (const trade of this.found) lines.push(this.columns.map((column) => (column.csv ?? column.text)(trade)));
    save("trades.csv", new Blob([lines.map((cells) => cells.map(quoted).join(",")).join("\r\n")], { type: "text/csv" }));
  }
}

// A spreadsheet would run text that begins like a formula.
function quoted(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
