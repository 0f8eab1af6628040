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
const text = "// Made from schema/openapi.json by `npm run types`.\n" + astToString(await openapiTS(JSON.parse(readFileSync(schema, "utf8")), { defaultNonNullable: false }));
if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
