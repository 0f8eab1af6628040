// The few rules of the screen that neither TypeScript nor the tests hold. A line that must break one says why behind "// lint:".
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const LINES_MOST = 500;
const RULES = [
  [/dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write/, "markup comes from JSX only"],
  [/\beval\(|new Function\(/, "no code from text"],
  [/\bany\b(?=[\s,;)>\]=[|&]|$)(?<=[:<|&]\s*any|as any)/, "no any: say what it is"],
  [/@ts-(ignore|nocheck|expect-error)/, "types are not silenced"],
  [/\bconsole\.(log|debug|info)\b/, "no talk on the console"],
  [/#[0-9a-fA-F]{3,8}\b(?![\w-])(?=["'`;])/, "colours are tokens of app/globals.css"],
  [/\b(?:text|bg|border|fill|stroke)-(?:gray|slate|zinc|red|green|blue|yellow|amber|white|black)\b/, "colours are tokens of app/globals.css"],
  [/\btext-\[|\bfont-\[|\brounded-\[(?!5px)|\bshadow-/, "sizes, weights and radii are tokens; no shadows"],
  [/\bparseFloat\(/, "amounts are text: shared/format"],
  [/["'`]https?:\/\/(?!www\.tradingview\.com)/, "no requests to other origins"],
];
const SKIPPED = new Set(["node_modules", "out", ".next", "build"]);

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* files(join(folder, entry.name));
    } else if (/\.tsx?$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name) && entry.name !== "schema.ts") yield join(folder, entry.name);
  }
}

const wrong = [];
for (const path of files(root)) {
  const lines = readFileSync(path, "utf8").split("\n");
  const name = path.slice(root.length);
  if (lines.length > LINES_MOST) wrong.push(`${name}: ${lines.length} lines; at most ${LINES_MOST}, split it by a noun`);
  lines.forEach((line, index) => {
    if (/^\s*(\/\/|\*|\/\*)/.test(line) || line.includes("// lint:")) return;
    for (const [rule, words] of RULES) if (rule.test(line)) wrong.push(`${name}:${index + 1}: ${words}\n    ${line.trim().slice(0, 140)}`);
  });
}
if (wrong.length) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
