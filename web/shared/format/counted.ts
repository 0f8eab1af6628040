/** So many things in words: "1 open order", "2,000 open orders"; `things` is their plural. */
export function counted(count: number, things: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one(things) : things}`;
}

function one(things: string): string {
  if (things === "people") return "person";
  if (things.endsWith("series")) return things;
  return things.endsWith("ies") ? `${things.slice(0, -3)}y` : things.replace(/s$/, "");
}
