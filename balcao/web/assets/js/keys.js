// The desk by keyboard. A page says what a key does with data-key="r" (or "g f"); j and k walk the
// list marked data-list, x ticks the box (data-select) beside its row. A letter with Shift is a capital.
// Single letters are off while typing, and off for good when the person says so (data-keys="off" on
// <html>, from a cookie); the sheet (?) lists what there is on the page.

const enabled = document.documentElement.dataset.keys !== "off";
const typing = (target) =>
  target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

const rows = () => [...document.querySelectorAll("[data-list] a[data-row]")];
const boxOf = (row) => {
  const line = row.parentElement;
  return line.matches("[data-list]") ? null : line.querySelector("[data-select]");
};
const current = (all) => {
  const focused = document.activeElement;
  const at = all.findIndex((row) => row === focused || (boxOf(row) ?? row) === focused);
  return at >= 0 ? at : all.findIndex((row) => row.hasAttribute("aria-current"));
};

const walk = (step) => {
  const all = rows();
  if (!all.length) return;
  const from = current(all);
  const next = from < 0 ? 0 : Math.min(Math.max(from + step, 0), all.length - 1);
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
};

const onRow = (act) => {
  const all = rows();
  const row = all[current(all)];
  if (row) act(row);
  return Boolean(row);
};

const visible = (element) => element.checkVisibility({ visibilityProperty: true }) || element.matches("[type=radio]");
const folded = (element) => element.closest("details:not([open])");

// What is in sight goes first; then what a closed menu holds.
const named = (key) => {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return all.find(visible) ?? all.find(folded);
};

const act = (key) => {
  const target = named(key);
  if (!target || target.matches("[disabled], [aria-disabled=true]")) return false;
  if (target.matches("input:not([type=radio]), textarea")) target.focus();
  else target.click();
  if (target.dataset.focus) document.getElementById(target.dataset.focus)?.focus();
  return true;
};

document.addEventListener("desk:press", (event) => act(event.detail));

const ALWAYS = {
  j: () => walk(1) ?? true,
  k: () => walk(-1) ?? true,
  o: () => onRow((row) => row.click()),
  x: () => onRow((row) => boxOf(row)?.click()),
};

let first = "";
let firstAt = 0;

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (!enabled || modified || event.isComposing || typing(event.target) || document.querySelector("dialog:modal")) return;
  const key = event.key.length === 1 ? event.key : "";
  if (!key) return;
  const pair = first && event.timeStamp - firstAt < 1200 ? `${first} ${key}` : "";
  first = "";
  let done = false;
  if (pair) done = act(pair);
  else if (ALWAYS[key]) done = ALWAYS[key]();
  else if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    first = key;
    firstAt = event.timeStamp;
    done = true;
  } else done = act(key);
  if (done) event.preventDefault();
});

// The sheet: rows that every page may have stand in it, those of this page are read from it.
const sheet = document.getElementById("keys");

const keyed = (key) => {
  const letters = /^[A-Z]$/.test(key) ? ["Shift", key] : key.split(" ");
  const name = document.createElement("dt");
  for (const letter of letters) {
    const cap = document.createElement("kbd");
    cap.className = "key";
    cap.textContent = letter;
    if (name.childNodes.length) name.append(" ");
    name.append(cap);
  }
  return name;
};

const label = (element) => {
  const spoken = element.dataset.keyLabel ?? element.getAttribute("aria-label");
  if (spoken) return spoken;
  const copy = (element.labels?.[0] ?? element).cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, .view-keys, .view-count, svg")) part.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
};

const fill = () => {
  for (const row of sheet.querySelectorAll("[data-when]")) row.hidden = !document.querySelector(row.dataset.when);
  const lists = { page: sheet.querySelector("[data-keys=page]"), go: sheet.querySelector("[data-keys=go]") };
  for (const list of Object.values(lists)) list.replaceChildren();
  const seen = new Set(["/", "?"]);
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key } = element.dataset;
    if (seen.has(key) || !(visible(element) || folded(element))) continue;
    seen.add(key);
    const text = document.createElement("dd");
    text.textContent = label(element);
    lists[key.includes(" ") ? "go" : "page"].append(keyed(key), text);
  }
  for (const list of Object.values(lists)) list.closest("section").hidden = !list.children.length;
};

sheet?.addEventListener("beforetoggle", (event) => {
  if (event.newState === "open") fill();
});
