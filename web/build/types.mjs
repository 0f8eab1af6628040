// Types of the interface from the schema that the gateway wrote: shared/api/schema.ts is made, never edited or committed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const schema = here("../../schema/openapi.json");
const target = here("../shared/api/schema.ts");

if (!existsSync(schema)) {
  console.error(`The schema of the interface is missing: ${schema}\nMake it: .venv/bin/python -m parrot.gateway.rest.schema schema/openapi.json`);
  process.exit(1);
}
// What the server answers always holds the fields that have a default; what is sent to it may leave them out.
function answersAreWhole(api) {
  const seen = new Set();
  const visit = (node) => {
    if (node === null || typeof node !== "object") return;
    const name = typeof node.$ref === "string" ? node.$ref.split("/").at(-1) : undefined;
    if (name !== undefined) {
      if (seen.has(name)) return;
      seen.add(name);
      visit(api.components.schemas[name]);
      return;
    }
    if (node.properties) node.required = [...new Set([...(node.required ?? []), ...Object.keys(node.properties).filter((key) => "default" in node.properties[key])])];
    Object.values(node).forEach(visit);
  };
  const sent = new Set();
  const collect = (node, into) => {
    if (node === null || typeof node !== "object") return;
    const name = typeof node.$ref === "string" ? node.$ref.split("/").at(-1) : undefined;
    if (name !== undefined && !into.has(name)) {
      into.add(name);
      collect(api.components.schemas[name], into);
    } else Object.values(node).forEach((one) => collect(one, into));
  };
  const operations = Object.values(api.paths).flatMap((path) => Object.values(path));
  operations.forEach(({ requestBody }) => collect(requestBody, sent));
  sent.forEach((name) => seen.add(name)); // used both ways: as it is sent
  operations.forEach(({ responses }) => visit(responses));
  return api;
}

const text = "// Made from schema/openapi.json by `npm run types`.\n" + astToString(await openapiTS(answersAreWhole(JSON.parse(readFileSync(schema, "utf8"))), { defaultNonNullable: false }));
if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
