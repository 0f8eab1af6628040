// Where the marks of an axis stand, and how they are named.
const TIME_STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800].map((s) => s * 1000);
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120];
const MONTH = 30.44 * DAY;
const MONDAY = 4 * DAY;

function ticks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0)) return { step: 1, values: [low] };
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999);
  const values = [];
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-9; place++) values.push(place * step);
  return { step, values };
}

// Marks of a logarithmic axis: 1, 2 and 5 of each power of ten where they are far apart, else as on a linear one.
function logTicks(low, high, count) {
  if (high / low < 8) return ticks(low, high, count);
  const values = [];
  const factors = Math.log10(high / low) > count / 2 ? [1] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) values.push(factor * 10 ** power);
  }
  return { step: 10 ** Math.floor(Math.log10(low)), values: values.filter((value) => value >= low && value <= high) };
}

const decimalsOf = (step) => {
  for (let decimals = 0; decimals < 8; decimals++) {
    if (Math.abs(Math.round(step * 10 ** decimals) / 10 ** decimals - step) < step * 1e-6) return decimals;
  }
  return 8;
};

function timeStep(length, count) {
  const step = TIME_STEPS.find((size) => length / size <= count);
  if (step) return { step, months: 0 };
  const months = MONTH_STEPS.find((size) => length / (size * MONTH) <= count) ?? 240;
  return { step: months * MONTH, months };
}

// The number of the step that a time lies in: it changes where a mark belongs.
function stepOf(ms, { step, months }) {
  if (!months) return Math.floor((ms - (step === 604800000 ? MONDAY : 0)) / step);
  const at = new Date(ms);
  return Math.floor((at.getUTCFullYear() * 12 + at.getUTCMonth()) / months);
}

function startOf(place, { step, months }) {
  if (!months) return place * step + (step === 604800000 ? MONDAY : 0);
  return Date.UTC(Math.floor((place * months) / 12), (place * months) % 12, 1);
}

function timeName(ms, { step, months }) {
  const at = new Date(ms);
  if (months >= 12 || (step >= DAY && at.getUTCMonth() === 0 && at.getUTCDate() <= (months ? 31 : step / DAY))) return String(at.getUTCFullYear());
  if (months) return MONTHS[at.getUTCMonth()];
  if (step >= DAY || ms % DAY === 0) return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
  const clock = `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}`;
  return step < 60000 ? `${clock}:${pad(at.getUTCSeconds())}` : clock;
}

function timeMark(at, start, unit) {
  const name = timeName(start, unit), begin = new Date(start), year = String(begin.getUTCFullYear());
  const date = name.includes(":") ? `${begin.getUTCDate()} ${MONTHS[begin.getUTCMonth()]}` : name;
  return { at, name, whole: name === year ? name : `${date} ${year}` };
}

function timeTicks(from, to, count) {
  const unit = timeStep(to - from, count);
  const marks = [];
  for (let place = stepOf(from, unit); ; place++) {
    const at = startOf(place, unit);
    if (at > to) return marks;
    if (at >= from) marks.push(timeMark(at, at, unit));
  }
}

// Marks for an axis that counts candles: a mark stands where a new step of time begins.
function candleTicks(times, from, to, count) {
  const first = Math.max(0, Math.ceil(from)), last = Math.min(times.length - 1, Math.floor(to));
  if (last <= first) return [];
  const unit = timeStep(times[last] - times[first], count);
  const stride = Math.max(1, Math.ceil((last - first) / 2000));
  const marks = [];
  let before = stepOf(times[first], unit);
  for (let place = first + stride; place <= last; place += stride) {
    const now = stepOf(times[place], unit);
    if (now !== before) marks.push(timeMark(place, startOf(now, unit), unit));
    before = now;
  }
  return marks;
}

// The last place whose value is not above the wanted one; -1 before the first.
function placeOf(values, wanted) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= wanted) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function nearest(values, wanted) {
  const place = placeOf(values, wanted);
  if (place < 0) return 0;
  if (place + 1 < values.length && values[place + 1] - wanted < wanted - values[place]) return place + 1;
  return place;
}
