// What the buttons of the page do, and the start of everything.
function startTools() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.copy) copy(button);
    if (button?.dataset.act) acts[button.dataset.act](document.getElementById(button.dataset.chart));
  });
}

const acts = {
  reset: (canvas) => canvas.dispatchEvent(new MouseEvent("dblclick")),
  full: (canvas) => (document.fullscreenElement ? document.exitFullscreen() : canvas.closest(".card").requestFullscreen()),
  picture(canvas) {
    const copied = document.createElement("canvas");
    Object.assign(copied, { width: canvas.width, height: canvas.height });
    const context = copied.getContext("2d");
    context.fillStyle = colour("panel");
    context.fillRect(0, 0, copied.width, copied.height);
    context.drawImage(canvas, 0, 0);
    copied.toBlob((blob) => save(`${canvas.id}.png`, blob));
  },
};

async function copy(button) {
  const node = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(node.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  } catch {
    getSelection().selectAllChildren(node);
  }
}

// Small tables sort by what they show: numbers by value, dates and words by text.
function sortable(table) {
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    const button = element("button", cell.textContent);
    button.type = "button";
    cell.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = cell.ariaSort === "ascending";
      for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
      cell.ariaSort = down ? "descending" : "ascending";
      const rows = [...table.tBodies[0].rows].sort((one, other) => compared(one, other, column) * (down ? -1 : 1));
      table.tBodies[0].append(...rows);
    });
  });
}

function compared(one, other, column) {
  const [a, b] = [one, other].map((row) => row.cells[column].textContent);
  const [x, y] = [a, b].map(valueOf);
  return x !== null && y !== null ? x - y : a.localeCompare(b);
}

function valueOf(text) {
  const found = /^([+−]?[\d,]+(?:\.\d+)?)(?![\d-])/.exec(text);
  return found ? Number(found[1].replaceAll(",", "").replace("−", "-")) : null;
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const trades = readTrades(data.trades, data.currency);
  startThemes();
  startTools();
  startCurves(data);
  startResults(data.bins);
  const chart = document.getElementById("price") ? new PriceChart(data, trades) : null;
  const show = chart && ((trade) => {
    if (!(trades.symbols[trade.symbol] in data.candles)) return;
    chart.show(trade);
    document.getElementById("price-chart").scrollIntoView({ block: "start" });
  });
  if (document.getElementById("trade-list")) new TradeList(trades, show);
  document.querySelectorAll("table[data-sortable]").forEach(sortable);
}

start();
