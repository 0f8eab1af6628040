// Checks what was exported against the Content-Security-Policy, then writes .gz and .br beside every text file of out/.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const out = fileURLToPath(new URL("../out", import.meta.url));
const TEXT = /\.(html|js|css|svg|json|txt|webmanifest|map)$/;
const SMALLEST = 512;

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

// The service worker is another one whenever any file is another one.
const worker = join(out, "sw.js");
const whole = createHash("sha256");
for (const path of [...files(out)].sort()) if (path !== worker && !/\.(gz|br)$/.test(path)) whole.update(path.slice(out.length)).update(readFileSync(path));
writeFileSync(worker, readFileSync(worker, "utf8").replace("@version@", whole.digest("hex").slice(0, 16)));

const refused = [];
let count = 0;
for (const path of [...files(out)]) {
  if (/\.(gz|br)$/.test(path)) {
    rmSync(path);
    continue;
  }
  if (!TEXT.test(path)) continue;
  const bytes = readFileSync(path);
  if (path.endsWith(".html")) {
    const html = bytes.toString().replace(/<script\b[\s\S]*?<\/script>/g, "");
    const wrong = html.match(/<[^>]+ (style|on[a-z]+)="[^"]*"/);
    if (wrong) refused.push(`${path.slice(out.length + 1)}: ${wrong[0].slice(0, 160)}`);
  }
  if (statSync(path).size < SMALLEST) continue;
  writeFileSync(path + ".gz", gzipSync(bytes, { level: 9 }));
  writeFileSync(path + ".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  count += 1;
}
if (refused.length) {
  console.error("The exported pages hold what the Content-Security-Policy refuses (style or event attributes):\n  " + refused.join("\n  "));
  process.exit(1);
}
console.log(`compressed ${count} files of web/out`);
