// A canvas with axes, a crosshair, zoom and movement. Plots that share a view move together.
class View {
  constructor(low, high, least) {
    Object.assign(this, { low, high, least, from: low, to: high, cursor: null, plots: [], waiting: false });
  }

  show(from, to) {
    const width = Math.min(this.high - this.low, Math.max(this.least, to - from));
    this.from = Math.min(Math.max(this.low, from), this.high - width);
    this.to = this.from + width;
    this.paint();
  }

  zoom(at, factor) {
    this.show(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  move(share) {
    const by = (this.to - this.from) * share;
    this.show(this.from + by, this.to + by);
  }

  point(cursor) {
    this.cursor = cursor;
    this.paint();
  }

  paint() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      for (const plot of this.plots) plot.paint();
    });
  }
}

const BELOW = 20;
const ABOVE = 8;

class Plot {
  // chart: range(from, to) -> [low, high]; draw(plot, context); reading(x, plot) -> text; name(y, step) -> text; marks(plot) -> x marks
  constructor(identity, view, chart) {
    this.canvas = document.getElementById(identity);
    this.output = this.canvas.parentElement.querySelector(".reading");
    Object.assign(this, { view, chart, touches: new Map(), pointer: null });
    view.plots.push(this);
    this.listen();
    repaint.add(() => view.paint());
    new ResizeObserver(() => view.paint()).observe(this.canvas);
  }

  x(value) { return ((value - this.view.from) / (this.view.to - this.view.from)) * this.width; }

  shape(value) { return this.chart.log && this.low > 0 ? Math.log(value) : value; }

  y(value) { return ABOVE + ((this.top - this.shape(value)) / (this.top - this.bottom || 1)) * (this.height - ABOVE); }

  valueAt(pixels) { return this.view.from + (pixels / this.width) * (this.view.to - this.view.from); }

  paint() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const context = this.fit(box);
    this.scale(context);
    this.axes(context);
    context.save();
    context.beginPath();
    context.rect(0, 0, this.width, this.height);
    context.clip();
    this.chart.draw(this, context);
    context.restore();
    this.crosshair(context);
  }

  fit(box) {
    const context = sized(this.canvas, box);
    context.font = "12px system-ui, sans-serif";
    this.box = box;
    this.height = box.height - BELOW;
    return context;
  }

  scale(context) {
    let [low, high] = this.chart.range(this.view.from, this.view.to);
    if (!(high > low)) [low, high] = [low - (Math.abs(low) * 0.01 || 1), low + (Math.abs(low) * 0.01 || 1)];
    this.low = low;
    const [least, most] = [this.shape(low), this.shape(high)];
    const room = this.chart.tight ? 0 : (most - least) * 0.05;
    [this.bottom, this.top] = [least - room, most + room];
    const count = Math.max(2, Math.floor(this.height / (this.height < 160 ? 24 : 44)));
    const { step, values } = least === low ? ticks(this.bottom, this.top, count) : logTicks(low, high, count);
    this.levels = values.map((value) => ({ value, name: this.chart.name(value, step) }));
    const widest = Math.max(...this.levels.map((level) => context.measureText(level.name).width), 32);
    this.width = this.box.width - Math.ceil(Math.max(widest, this.view.margin ?? 0)) - 10;
    if (widest > (this.view.margin ?? 0)) {
      this.view.margin = widest;
      this.view.paint(); // plots that share a view share the margin, so that their times stand below each other
    }
  }

  axes(context) {
    context.strokeStyle = colour("grid");
    context.fillStyle = colour("soft");
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const { value, name } of this.levels) {
      const at = Math.round(this.y(value)) + 0.5;
      if (at > this.height || at < 0) continue;
      line(context, 0, at, this.width, at);
      context.fillText(name, this.width + 8, at);
    }
    context.textAlign = "center";
    let free = 0;
    for (const { at, name, whole } of this.chart.marks(this)) {
      const said = free ? name : whole ?? name; // the first mark says the year too
      const place = Math.round(this.x(at)) + 0.5, half = context.measureText(said).width / 2;
      if (place - half < free || place + half > this.width) continue;
      line(context, place, ABOVE, place, this.height);
      context.fillText(said, place, this.height + BELOW / 2 + 2);
      free = place + half + 16;
    }
  }

  crosshair(context) {
    const at = this.view.cursor;
    if (at === null || at < this.view.from || at > this.view.to) {
      this.output.textContent = this.chart.idle ?? "";
      return;
    }
    context.strokeStyle = colour("soft");
    context.setLineDash([3, 3]);
    const place = Math.round(this.x(this.chart.snap ? this.chart.snap(at) : at)) + 0.5;
    line(context, place, ABOVE, place, this.height);
    context.setLineDash([]);
    this.output.textContent = this.chart.reading(at, this);
  }

  listen() {
    const { canvas, view } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.touches.set(event.pointerId, event.offsetX);
      this.follow(event);
    });
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.touches.delete(event.pointerId));
    canvas.addEventListener("pointerleave", (event) => {
      this.pointer = null;
      if (event.pointerType === "mouse") view.point(null);
    });
    canvas.addEventListener("dblclick", () => view.show(view.low, view.high));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => view.point(null));
  }

  follow(event) {
    this.pointer = { x: event.offsetX, y: event.offsetY };
    this.view.point(this.valueAt(Math.min(event.offsetX, this.width)));
  }

  moved(event) {
    const before = this.touches.get(event.pointerId);
    if (before !== undefined) this.touches.set(event.pointerId, event.offsetX);
    if (this.touches.size === 2 && before !== undefined) {
      const [other] = [...this.touches].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      const was = Math.abs(before - other), now = Math.abs(event.offsetX - other);
      if (was > 8 && now > 8) this.view.zoom(this.valueAt((event.offsetX + other) / 2), was / now);
    } else if (before !== undefined && event.buttons) {
      this.view.move((before - event.offsetX) / this.width);
    }
    this.follow(event);
  }

  // The wheel belongs to the page until the chart was chosen; a pinch on a touchpad comes with ctrl.
  wheel(event) {
    if (!event.ctrlKey && document.activeElement !== this.canvas) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.view.move(event.deltaX / this.width);
    else this.view.zoom(this.valueAt(event.offsetX), Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004));
  }

  key(event) {
    const { view } = this, middle = view.cursor ?? (view.from + view.to) / 2;
    const acts = {
      ArrowLeft: () => view.move(-0.1), ArrowRight: () => view.move(0.1),
      "+": () => view.zoom(middle, 0.7), "=": () => view.zoom(middle, 0.7), "-": () => view.zoom(middle, 1 / 0.7),
      0: () => view.show(view.low, view.high),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }
}

// A cleared canvas with as many points as the screen has.
function sized(canvas, box) {
  const ratio = window.devicePixelRatio || 1;
  const wide = Math.round(box.width * ratio), high = Math.round(box.height * ratio);
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return context;
}

function line(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

const axisName = (decimals = 0, unit = "") => (value, step) => `${number(value, Math.max(decimals, decimalsOf(step)))}${unit}`;
