// Lists the operations of a dialect and tries one of them with the credentials that were typed in.
"use strict";

const byId = (id) => document.getElementById(id);
const state = { dialect: "guide", paper: null };

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function load(dialect) {
  state.dialect = dialect;
  for (const button of document.querySelectorAll("[data-dialect]")) {
    button.setAttribute("aria-pressed", String(button.dataset.dialect === dialect));
  }
  byId("document").href = `/api/help/${dialect}.json`;
  const answer = await fetch(`/api/help/${dialect}.json`);
  state.paper = await answer.json();
  show();
}

function operations() {
  const found = [];
  for (const [path, methods] of Object.entries(state.paper.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      found.push({ path, method: method.toUpperCase(), operation, area: operation.tags[0] });
    }
  }
  return found;
}

function show() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = operations();
  const wanted = all.filter(({ path, method, operation, area }) => {
    const text = `${method} ${path} ${operation.summary} ${area} ${operation.operationId}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  byId("count").textContent = `${wanted.length} of ${all.length} operations`;
  const areas = new Map();
  for (const one of wanted) {
    if (!areas.has(one.area)) areas.set(one.area, []);
    areas.get(one.area).push(one);
  }
  const sections = [...areas].sort(([a], [b]) => a.localeCompare(b)).flatMap(([area, list]) => [
    element("h2", { textContent: area }),
    ...list.map(line),
  ]);
  byId("operations").replaceChildren(...sections);
}

function line(one) {
  const effect = one.operation["x-effect"];
  const details = element("details", {},
    element("summary", {},
      element("span", { className: `method ${effect}`, textContent: one.method }),
      element("code", { textContent: one.path }),
      element("span", { className: "title", textContent: one.operation.summary })));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(form(one));
  });
  return details;
}

function form(one) {
  const inside = element("div", { className: "inside" });
  const { operation } = one;
  inside.append(element("p", { textContent: [
    operation["x-right"] ? `Needs the right ${operation["x-right"]}.` : "",
    operation["x-effect"] === "destroy" ? "It removes something, or cannot be undone." : "",
  ].filter(Boolean).join(" ") }));
  const inputs = operation.parameters.map((parameter) => {
    const input = element("input", { required: parameter.required });
    const kind = parameter.schema.enum ? parameter.schema.enum.join(", ") : parameter.schema.format || parameter.schema.type || "";
    input.placeholder = kind.slice(0, 60);
    return { parameter, input };
  });
  const fields = element("div", { className: "fields" });
  for (const { parameter, input } of inputs) {
    fields.append(element("label", {}, `${parameter.name}${parameter.required ? " (required)" : ""}`, input));
  }
  inside.append(fields);
  let body = null;
  if (operation.requestBody) {
    const schema = operation.requestBody.content["application/json"].schema;
    body = element("textarea", { spellcheck: false, value: JSON.stringify(example(schema, 0), null, 2) });
    inside.append(element("label", {}, "Body", body));
  }
  const output = element("pre", { hidden: true });
  const button = element("button", { type: "button", textContent: "Send" });
  const sure = element("input", { type: "checkbox" });
  const row = element("div", { className: "row" }, button);
  if (operation["x-effect"] === "destroy") {
    button.disabled = true;
    sure.addEventListener("change", () => { button.disabled = !sure.checked; });
    row.append(element("label", { className: "row" }, sure, "I know what this removes"));
  }
  button.addEventListener("click", () => send(one, inputs, body, output));
  inside.append(row, output);
  return inside;
}

function example(schema, depth) {
  if (schema.$ref) return example(state.paper.components.schemas[schema.$ref.split("/").pop()], depth);
  if (schema.anyOf) return example(schema.anyOf[0], depth);
  if (schema.enum) return schema.enum[0];
  if (schema.type === "object" && schema.properties) {
    if (depth > 2) return {};
    return Object.fromEntries(Object.entries(schema.properties).map(([name, member]) => [name, example(member, depth + 1)]));
  }
  return { array: [], object: {}, integer: 0, number: 0, boolean: false, string: "" }[schema.type] ?? null;
}

async function send(one, inputs, body, output) {
  let path = one.path;
  const query = new URLSearchParams();
  for (const { parameter, input } of inputs) {
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== "") query.append(parameter.name, input.value);
  }
  const address = query.size ? `${path}?${query}` : path;
  const bytes = new TextEncoder().encode(`${byId("username").value}:${byId("password").value}`);
  const headers = {
    "Authorization": `Basic ${btoa(String.fromCharCode(...bytes))}`,
    "aw-tenant-code": byId("key").value,
    "Accept": "application/json",
  };
  if (body) headers["Content-Type"] = "application/json";
  output.hidden = false;
  output.textContent = "…";
  const began = performance.now();
  try {
    const answer = await fetch(address, { method: one.method, headers, body: body ? body.value : undefined, credentials: "omit" });
    const text = await answer.text();
    const took = Math.round(performance.now() - began);
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it came */ }
    output.textContent = `${one.method} ${address}\n${answer.status} in ${took} ms, `
      + `x-correlation-id ${answer.headers.get("x-correlation-id")}\n\n${shown || "(no body)"}`;
  } catch (error) {
    output.textContent = `No answer: ${error.message}`;
  }
}

for (const button of document.querySelectorAll("[data-dialect]")) {
  button.addEventListener("click", () => load(button.dataset.dialect));
}
byId("find").addEventListener("input", show);
load("guide");
