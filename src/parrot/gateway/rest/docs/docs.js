"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const state = document.getElementById("state");
const routes = document.getElementById("routes");
const filter = document.getElementById("filter");

function make(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function short(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const several = schema.anyOf || schema.oneOf;
  if (several) return several.map(short).join(" | ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return short(schema.items) + "[]";
  if (schema.additionalProperties && schema.type === "object") return "{ [name]: " + (short(schema.additionalProperties) || "any") + " }";
  return schema.type || "any";
}

function outline(schema, all, depth, seen) {
  if (!schema) return "any";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    if (depth > 4 || seen.includes(name)) return name;
    return outline(all[name], all, depth, [...seen, name]);
  }
  if (schema.type === "array") return outline(schema.items, all, depth, seen) + "[]";
  if (schema.type === "object" && schema.properties) {
    const pad = "  ".repeat(depth + 1);
    const needed = schema.required || [];
    const lines = Object.entries(schema.properties).map(
      ([name, one]) => pad + name + (needed.includes(name) ? "" : "?") + ": " + outline(one, all, depth + 1, seen)
    );
    return "{\n" + lines.join("\n") + "\n" + "  ".repeat(depth) + "}";
  }
  const several = schema.anyOf || schema.oneOf;
  if (several) return several.map((one) => outline(one, all, depth, seen)).join(" | ");
  return short(schema);
}

function parameters(list) {
  const table = make("table");
  const head = table.createTHead().insertRow();
  for (const word of ["name", "in", "type", "meaning"]) head.append(make("th", word));
  const body = table.createTBody();
  for (const one of list) {
    const row = body.insertRow();
    row.insertCell().textContent = one.name + (one.required ? "" : "?");
    row.insertCell().textContent = one.in;
    row.insertCell().textContent = short(one.schema);
    row.insertCell().textContent = one.description || "";
  }
  return table;
}

function inside(operation, all) {
  const box = make("div");
  box.append(make("p", operation.description || operation.summary || ""));
  if (operation.parameters && operation.parameters.length) box.append(make("h3", "Parameters"), parameters(operation.parameters));
  const body = operation.requestBody && operation.requestBody.content["application/json"];
  if (body) box.append(make("h3", "Body"), make("pre", outline(body.schema, all, 0, [])));
  for (const [status, answer] of Object.entries(operation.responses || {})) {
    const content = Object.values(answer.content || {})[0];
    box.append(make("h3", status === "default" ? "Else: " + answer.description : status + " " + answer.description));
    if (content && content.schema) box.append(make("pre", outline(content.schema, all, 0, [])));
  }
  return box;
}

function line(method, path, operation, all) {
  const made = make("details");
  made.id = operation.operationId;
  const head = make("summary");
  const needs = operation["x-permission"] || "open";
  head.append(
    make("span", method.toUpperCase(), "method"),
    make("span", path, "path"),
    make("span", needs + (operation["x-fresh"] ? ", proved lately" : ""), "needs"),
    make("span", operation.description || operation.summary || "", "says")
  );
  made.append(head);
  made.addEventListener("toggle", () => {
    if (made.open && made.childElementCount === 1) made.append(inside(operation, all));
  });
  made.dataset.text = [method, path, needs, operation.operationId, operation.description || ""].join(" ").toLowerCase();
  return made;
}

function draw(description) {
  const all = (description.components && description.components.schemas) || {};
  const areas = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS) {
      if (!item[method]) continue;
      const area = (item[method].tags || ["other"])[0];
      if (!areas.has(area)) areas.set(area, []);
      areas.get(area).push(line(method, path, item[method], all));
    }
  }
  routes.replaceChildren();
  for (const [area, lines] of [...areas].sort((one, two) => one[0].localeCompare(two[0]))) {
    const section = make("section");
    section.append(make("h2", area), ...lines);
    routes.append(section);
  }
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named) named.open = true;
}

function sift() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of routes.querySelectorAll("section")) {
    let shown = 0;
    for (const one of section.querySelectorAll("details")) {
      one.hidden = !words.every((word) => one.dataset.text.includes(word));
      if (!one.hidden) shown += 1;
    }
    section.hidden = shown === 0;
  }
}

async function load() {
  try {
    const answer = await fetch("/api/v1/openapi.json", { credentials: "same-origin" });
    if (!answer.ok) {
      const problem = await answer.json();
      state.textContent = problem.title + ". ";
      const way = make("a", "Sign in to Parrot");
      way.href = "/";
      state.append(way);
      return;
    }
    draw(await answer.json());
    filter.addEventListener("input", sift);
  } catch (fault) {
    state.textContent = "The description could not be loaded: " + fault.message;
  }
}

load();
