// The first page loads little: the scripts that the exported Home names, compressed as they are served, stay within a budget.
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const out = fileURLToPath(new URL("../out", import.meta.url));
const MOST = 250_000; // bytes
const html = readFileSync(`${out}/index.html`, "utf8");
const tags = [...html.matchAll(/<(?:script|link)\b[^>]*\/_next\/[^>]*\.js"[^>]*>/g)].map(([tag]) => tag);
const needed = tags.filter((tag) => !/\bnomodule\b/i.test(tag)); // no browser that can show the page loads those
const names = new Set(needed.map((tag) => tag.match(/"(\/_next\/[^"]+\.js)"/)?.[1]).filter(Boolean));
const size = (path) => statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
const sum = [...names].reduce((total, name) => total + size(out + name), 0);
if (names.size < 5) throw new Error(`Home names ${names.size} scripts: this does not look like a page of ours`);
console.log(`Home loads ${(sum / 1000).toFixed(1)} KB of JavaScript in ${names.size} files, at most ${MOST / 1000}`);
if (sum > MOST) process.exit(1);
