// Equity against buy and hold, drawdown, exposure, rolling Sharpe ratio, distribution of results.
function timesOf({ first, unit, steps }) {
  const times = [first];
  for (const step of steps) times.push(times[times.length - 1] + step * unit);
  return times;
}

function path(plot, context, times, values, scale) {
  const first = Math.max(0, placeOf(times, plot.view.from)), last = Math.min(times.length - 1, placeOf(times, plot.view.to) + 1);
  let drawing = false;
  context.beginPath();
  for (let place = first; place <= last; place++) {
    const value = values[place];
    if (value === null) { drawing = false; continue; }
    const x = plot.x(times[place]), y = plot.y(value * scale);
    if (drawing) context.lineTo(x, y); else context.moveTo(x, y);
    drawing = true;
  }
  return [plot.x(times[first]), plot.x(times[last])];
}

function extent(times, columns, scale, from, to, start) {
  let [low, high] = start ?? [Infinity, -Infinity];
  const first = Math.max(0, placeOf(times, from)), last = Math.min(times.length - 1, placeOf(times, to) + 1);
  for (const values of columns) {
    for (let place = first; place <= last; place++) {
      const value = values[place];
      if (value === null) continue;
      low = Math.min(low, value * scale);
      high = Math.max(high, value * scale);
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

function area(plot, context, times, values, scale, name) {
  const [left, right] = path(plot, context, times, values, scale);
  context.strokeStyle = colour(name);
  context.lineWidth = 1.25;
  context.stroke();
  context.lineTo(right, plot.y(0));
  context.lineTo(left, plot.y(0));
  context.globalAlpha = 0.18;
  context.fillStyle = colour(name);
  context.fill();
  context.globalAlpha = 1;
}

function stroke(plot, context, times, values, name, dash = []) {
  path(plot, context, times, values, 1);
  context.strokeStyle = colour(name);
  context.setLineDash(dash);
  context.lineWidth = dash.length ? 1 : 1.5;
  context.stroke();
  context.setLineDash([]);
}

const timeMarks = (plot) => timeTicks(plot.view.from, plot.view.to, Math.max(3, plot.width / 60));

function startCurves(data) {
  if (!document.getElementById("equity")) return;
  const { equity, benchmark, drawdown } = data.curve;
  const times = timesOf(data.curve.t);
  const end = times[times.length - 1];
  const view = new View(times[0], Math.max(end, times[0] + 1), Math.max(1, (end - times[0]) / 200));
  const unit = data.currency ? `\u202f${data.currency}` : "";
  const columns = benchmark ? [equity, benchmark] : [equity];
  const at = (x) => nearest(times, x);
  const shared = { marks: timeMarks, snap: (x) => times[at(x)] };
  const chart = {
    ...shared, name: axisName(), log: false,
    range: (from, to) => extent(times, columns, 1, from, to),
    draw(plot, context) {
      if (benchmark) stroke(plot, context, times, benchmark, "held", [6, 3]);
      stroke(plot, context, times, equity, "accent");
    },
    reading(x) {
      const place = at(x);
      const held = benchmark ? `, buy and hold ${number(benchmark[place])}${unit}` : "";
      return `${stamp(times[place])} UTC  ${number(equity[place])}${unit}${held}`;
    },
  };
  new Plot("equity", view, chart);
  const log = document.getElementById("log");
  log.addEventListener("click", () => {
    chart.log = !chart.log;
    log.setAttribute("aria-pressed", String(chart.log));
    view.paint();
  });
  shaded("drawdown", view, times, drawdown, "loss", shared, [0, 0]);
  shaded("exposure", view, timesOf(data.exposure.t), data.exposure.mean, "accent", shared, [0, 0]);
  startRolling(data.rolling, view, shared);
}

function shaded(identity, view, times, values, name, shared, start) {
  new Plot(identity, view, {
    ...shared, name: axisName(0, "\u202f%"), tight: true,
    range: (from, to) => extent(times, [values], 105, from, to, start),
    draw: (plot, context) => area(plot, context, times, values, 100, name),
    reading: (x) => percent(values[nearest(times, x)]),
  });
}

function startRolling(rolling, view, shared) {
  if (!document.getElementById("rolling")) return;
  const { t: times, sharpe } = rolling;
  new Plot("rolling", view, {
    ...shared, name: axisName(),
    range: (from, to) => extent(times, [sharpe], 1, from, to, [0, 0]),
    draw(plot, context) {
      context.strokeStyle = colour("soft");
      line(context, 0, Math.round(plot.y(0)) + 0.5, plot.width, Math.round(plot.y(0)) + 0.5);
      stroke(plot, context, times, sharpe, "accent");
    },
    reading: (x) => number(sharpe[nearest(times, x)]),
  });
}

function startResults({ edges, counts }) {
  if (!document.getElementById("spread")) return;
  const view = new View(edges[0] * 100, edges[edges.length - 1] * 100, (edges[edges.length - 1] - edges[0]) * 100);
  const bin = (x) => Math.min(counts.length - 1, Math.max(0, placeOf(edges, x / 100)));
  new Plot("spread", view, {
    name: (value) => (Number.isInteger(value) ? number(value, 0) : ""), range: () => [0, Math.max(...counts) * 1.05], tight: true,
    marks(plot) {
      const { step, values } = ticks(view.from, view.to, Math.max(2, plot.width / 80));
      return values.map((value) => ({ at: value, name: `${number(value, decimalsOf(step), true)}\u202f%` }));
    },
    draw(plot, context) {
      for (let place = 0; place < counts.length; place++) {
        const left = plot.x(edges[place] * 100), right = plot.x(edges[place + 1] * 100), top = plot.y(counts[place]);
        context.fillStyle = colour(edges[place] + edges[place + 1] > 0 ? "gain" : "loss");
        context.fillRect(left + 0.5, top, Math.max(1, right - left - 1), plot.height - top);
      }
      context.strokeStyle = colour("soft");
      line(context, plot.x(0), ABOVE, plot.x(0), plot.height);
    },
    reading(x) {
      const place = bin(x), trades = counts[place] === 1 ? "trade" : "trades";
      return `${percent(edges[place], 2, true)} to ${percent(edges[place + 1], 2, true)}: ${number(counts[place], 0)} ${trades}`;
    },
  });
}
