// Numbers, times and colours as the page writes them.
const DAY = 86400000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const formats = new Map();

function number(value, decimals = 2, signed = false) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (!formats.has(decimals)) {
    formats.set(decimals, new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  }
  const text = formats.get(decimals).format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? "−" : signed ? "+" : "") + text;
}

const percent = (value, decimals = 2, signed = false) =>
  value === null || value === undefined ? "–" : `${number(value * 100, decimals, signed)}\u202f%`;

const pad = (value) => String(value).padStart(2, "0");

function stamp(ms) {
  if (ms === null) return "–";
  const at = new Date(ms);
  const seconds = at.getUTCSeconds() ? `:${pad(at.getUTCSeconds())}` : "";
  return `${day(ms)} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}${seconds}`;
}

function day(ms) {
  const at = new Date(ms);
  return `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
}

function span(ms) {
  if (ms === null) return "–";
  const units = [["d", DAY], ["h", 3600000], ["min", 60000], ["s", 1000]];
  const parts = [];
  for (const [unit, size] of units) {
    const count = Math.floor(ms / size);
    ms -= count * size;
    if (count && parts.length < 2) parts.push(`${number(count, 0)}\u202f${unit}`);
  }
  return parts.join(" ") || `${ms}\u202fms`;
}

// Theme and palette: the reader's choice is kept where the browser allows it, else the system's preference decides.
const root = document.documentElement;
const repaint = new Set();

function remembered(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function remember(key, value) {
  try { localStorage.setItem(key, value); } catch { /* a page opened from a file may have no storage */ }
}

function colour(name, alpha = 1) {
  const style = getComputedStyle(root);
  if (alpha === 1) return style.getPropertyValue(`--${name}`).trim();
  return `rgba(${style.getPropertyValue(`--${name}-rgb`).trim()}, ${alpha})`;
}

function applyTheme(theme) {
  root.dataset.theme = theme;
  document.getElementById("theme").textContent = theme === "dark" ? "Light" : "Dark";
  for (const paint of repaint) paint();
}

function applyPalette(safe) {
  if (safe) root.dataset.palette = "safe"; else delete root.dataset.palette;
  document.getElementById("palette").setAttribute("aria-pressed", String(safe));
  for (const paint of repaint) paint();
}

function startThemes() {
  const light = matchMedia("(prefers-color-scheme: light)");
  applyTheme(remembered("parrot-theme") ?? (light.matches ? "light" : "dark"));
  applyPalette(remembered("parrot-palette") === "safe");
  light.addEventListener("change", () => { if (!remembered("parrot-theme")) applyTheme(light.matches ? "light" : "dark"); });
  document.getElementById("theme").addEventListener("click", () => {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    remember("parrot-theme", theme);
    applyTheme(theme);
  });
  document.getElementById("palette").addEventListener("click", () => {
    const safe = root.dataset.palette !== "safe";
    remember("parrot-palette", safe ? "safe" : "usual");
    applyPalette(safe);
  });
}
