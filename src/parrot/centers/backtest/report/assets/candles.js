// Candles of one symbol, volume below them, and the entries and exits of its trades.
const MARKERS_MAX = 300;
const NEAR = 10;
const FIRST_VIEW = 200;

// The whole run in a strip; the shown part is framed and follows the pointer.
class Overview {
  constructor(chart) {
    this.chart = chart;
    this.canvas = document.getElementById("overview");
    chart.view.plots.push(this);
    for (const name of ["pointerdown", "pointermove"]) this.canvas.addEventListener(name, (event) => this.follow(event));
    new ResizeObserver(() => chart.view.paint()).observe(this.canvas);
  }

  follow(event) {
    if (!event.buttons) return;
    this.canvas.setPointerCapture(event.pointerId);
    const { view } = this.chart, half = (view.to - view.from) / 2;
    const at = view.low + (event.offsetX / this.width) * (view.high - view.low);
    view.show(at - half, at + half);
  }

  paint() {
    const { c } = this.chart.candles, { view, plot } = this.chart;
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return;
    const context = sized(this.canvas, box);
    this.width = Math.max(1, plot.width ?? box.width);
    const place = (x) => Math.min(c.length - 1, Math.floor((x / this.width) * c.length));
    let low = Infinity, high = -Infinity;
    for (const value of c) { low = Math.min(low, value); high = Math.max(high, value); }
    context.beginPath();
    for (let x = 0; x <= this.width; x++) context.lineTo(x, 4 + ((high - c[place(x)]) / (high - low || 1)) * (box.height - 8));
    context.strokeStyle = colour("soft");
    context.lineWidth = 1;
    context.stroke();
    const share = (value) => ((value - view.low) / (view.high - view.low)) * this.width;
    const left = share(view.from), wide = Math.max(2, share(view.to) - left);
    context.fillStyle = colour("accent");
    context.globalAlpha = 0.14;
    context.fillRect(left, 0, wide, box.height);
    context.globalAlpha = 1;
    context.strokeStyle = colour("accent");
    context.strokeRect(left + 0.5, 0.5, Math.max(1, wide - 1), box.height - 1);
  }
}

function unpacked(packed) {
  const scale = 10 ** packed.decimals, count = packed.c.length;
  const candles = { ...packed, t: timesOf(packed.t), o: new Float64Array(count), h: new Float64Array(count), l: new Float64Array(count), c: new Float64Array(count) };
  let last = 0;
  for (let place = 0; place < count; place++) {
    const open = last + packed.o[place];
    last = open + packed.c[place];
    candles.o[place] = open / scale;
    candles.c[place] = last / scale;
    candles.h[place] = (Math.max(open, last) + packed.h[place]) / scale;
    candles.l[place] = (Math.min(open, last) - packed.l[place]) / scale;
  }
  return candles;
}

class PriceChart {
  constructor(data, trades) {
    Object.assign(this, { data, trades, cache: new Map(), near: null });
    this.view = new View(-0.5, 0.5, 8);
    this.choose(Object.keys(data.candles)[0]);
    this.plot = new Plot("price", this.view, {
      name: (value, step) => number(value, Math.max(decimalsOf(step), 0)),
      marks: (plot) => candleTicks(this.candles.t, this.view.from, this.view.to, Math.max(3, plot.width / 60)),
      snap: (x) => Math.round(x),
      range: (from, to) => this.range(from, to),
      draw: (plot, context) => this.draw(plot, context),
      reading: (x, plot) => this.reading(x, plot),
    });
    new Overview(this);
    const select = document.getElementById("symbol");
    select.addEventListener("change", () => this.choose(select.value));
  }

  choose(symbol) {
    this.symbol = symbol;
    document.getElementById("symbol").value = symbol;
    if (!this.cache.has(symbol)) this.cache.set(symbol, unpacked(this.data.candles[symbol]));
    this.candles = this.cache.get(symbol);
    const number_ = this.trades.symbols.indexOf(symbol);
    this.own = this.trades.all.filter((trade) => trade.symbol === number_).map((trade) => this.placed(trade));
    this.view.margin = 0;
    this.view.high = this.candles.t.length - 0.5;
    this.view.show(Math.max(this.view.low, this.view.high - FIRST_VIEW), this.view.high);
    this.explain();
  }

  explain() {
    const { merged, bars, step } = this.candles;
    document.getElementById("merged").textContent = merged > 1
      ? `Each candle stands for ${number(merged, 0)} bars (${span(merged * step)}); the run had ${number(bars, 0)} bars of ${span(step)}.`
      : `Every one of ${number(bars, 0)} bars of ${span(step)}.`;
  }

  placed(trade) {
    const at = (time) => Math.max(0, placeOf(this.candles.t, time));
    return { trade, enter: at(trade.entry), leave: trade.exit === null ? null : at(trade.exit) };
  }

  range(from, to) {
    const { h, l } = this.candles;
    let low = Infinity, high = -Infinity;
    for (let place = Math.max(0, Math.floor(from)); place <= Math.min(h.length - 1, Math.ceil(to)); place++) {
      if (l[place] < low) low = l[place];
      if (h[place] > high) high = h[place];
    }
    return [low, high];
  }

  show(trade) {
    this.choose(this.trades.symbols[trade.symbol]);
    const { enter, leave } = this.placed(trade);
    const room = Math.max(20, (leave ?? enter) - enter);
    this.view.show(enter - room, (leave ?? enter) + room);
    this.view.point(enter);
  }

  draw(plot, context) {
    const from = Math.max(0, Math.floor(this.view.from)), to = Math.min(this.candles.t.length - 1, Math.ceil(this.view.to));
    const each = plot.width / (this.view.to - this.view.from);
    const group = each < 3 ? Math.ceil(3 / each) : 1;
    const shown = this.grouped(from - (from % group), to, group);
    this.drawVolume(plot, context, shown, each * group);
    this.drawCandles(plot, context, shown, each * group);
    this.drawTrades(plot, context, from, to);
  }

  // Neighbouring candles as one where they would be narrower than three pixels.
  grouped(from, to, group) {
    const { o, h, l, c, v } = this.candles, shown = [];
    for (let start = from; start <= to; start += group) {
      const end = Math.min(start + group, o.length) - 1;
      const candle = { at: (start + end) / 2, open: o[start], close: c[end], high: h[start], low: l[start], volume: 0 };
      for (let place = start; place <= end; place++) {
        if (h[place] > candle.high) candle.high = h[place];
        if (l[place] < candle.low) candle.low = l[place];
        candle.volume += v[place];
      }
      shown.push(candle);
    }
    return shown;
  }

  drawVolume(plot, context, shown, wide) {
    const most = shown.reduce((highest, candle) => Math.max(highest, candle.volume), 0);
    if (!most) return;
    context.fillStyle = colour("line");
    for (const { at, volume } of shown) {
      const height = (volume / most) * plot.height * 0.16;
      context.fillRect(plot.x(at) - wide * 0.35, plot.height - height, Math.max(1, wide * 0.7), height);
    }
  }

  // Rising candles are hollow and falling ones full, so that colour is not the only sign.
  drawCandles(plot, context, shown, wide) {
    const body = Math.max(1, Math.floor(wide * 0.7)), rise = colour("gain"), fall = colour("loss"), ground = colour("panel");
    context.lineWidth = 1;
    for (const { at, open, close, high, low } of shown) {
      const x = Math.round(plot.x(at)) + 0.5, up = close >= open;
      context.strokeStyle = context.fillStyle = up ? rise : fall;
      line(context, x, plot.y(high), x, plot.y(low));
      const top = plot.y(Math.max(open, close)), height = Math.max(1, plot.y(Math.min(open, close)) - top);
      const left = Math.round(x - body / 2);
      if (body < 3) { context.fillRect(left, top, body, height); continue; }
      if (up) context.fillStyle = ground;
      context.fillRect(left, top, body, height);
      context.strokeRect(left + 0.5, top, body - 1, height);
    }
  }

  drawTrades(plot, context, from, to) {
    const seen = this.own.filter(({ enter, leave }) => enter <= to && (leave ?? to) >= from);
    this.near = null;
    if (seen.length > Math.min(MARKERS_MAX, plot.width / 4)) return this.drawCrowd(plot, context, seen);
    const size = Math.min(6, Math.max(3, plot.width / (seen.length * 4 || 1)));
    for (const placed of seen) this.drawTrade(plot, context, placed, size);
  }

  drawCrowd(plot, context, seen) {
    context.fillStyle = colour("accent");
    for (const { enter } of seen) context.fillRect(Math.round(plot.x(enter)), plot.height - 6, 1, 6);
    const said = `${number(seen.length, 0)} trades in view: zoom in for entries and exits`;
    context.fillStyle = colour("panel");
    context.globalAlpha = 0.85;
    context.fillRect(4, plot.height - 30, context.measureText(said).width + 12, 20);
    context.globalAlpha = 1;
    context.fillStyle = colour("text");
    context.textAlign = "left";
    context.fillText(said, 10, plot.height - 20);
  }

  drawTrade(plot, context, { trade, enter, leave }, size) {
    const x = plot.x(enter), y = plot.y(trade.entryPrice), up = trade.long;
    context.lineWidth = 1.5;
    if (leave !== null) {
      const endX = plot.x(leave), endY = plot.y(trade.exitPrice);
      context.strokeStyle = colour(trade.pnl > 0 ? "gain" : "loss");
      context.setLineDash([4, 3]);
      line(context, x, y, endX, endY);
      context.setLineDash([]);
      context.strokeStyle = colour("accent");
      context.beginPath();
      context.arc(endX, endY, size * 0.7, 0, 7);
      context.stroke();
      this.notice(plot, endX, endY, trade);
    }
    const tip = up ? 2 : -2, base = tip + (up ? 1.6 : -1.6) * size;
    context.beginPath();
    context.moveTo(x, y + tip);
    context.lineTo(x - size, y + base);
    context.lineTo(x + size, y + base);
    context.closePath();
    context.fillStyle = colour("accent");
    context.strokeStyle = colour("panel");
    context.fill();
    context.stroke();
    this.notice(plot, x, y + base / 2, trade);
  }

  notice(plot, x, y, trade) {
    if (plot.pointer && Math.abs(plot.pointer.x - x) < NEAR && Math.abs(plot.pointer.y - y) < NEAR) this.near = trade;
  }

  reading(x) {
    const place = Math.min(this.candles.t.length - 1, Math.max(0, Math.round(x)));
    const { t, o, h, l, c, v, decimals } = this.candles;
    if (this.near) return this.trades.said(this.near);
    const price = (value) => number(value, decimals);
    return `${stamp(t[place])} UTC  O ${price(o[place])}  H ${price(h[place])}  L ${price(l[place])}  C ${price(c[place])}  V ${number(v[place], v[place] < 100 ? 2 : 0)}`;
  }
}
