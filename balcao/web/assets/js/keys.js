// The desk by keyboard. A page says what a key does with data-key="r" (or "g f"); j and k walk
// the list marked data-list. Single letters are off while typing, and off for good when the
// person says so (data-keys="off" on <html>, from a cookie).

const enabled = document.documentElement.dataset.keys !== "off";
const typing = (target) =>
  target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

const rows = () => [...document.querySelectorAll("[data-list] a[data-row]")];

const walk = (step) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const open = all.findIndex((row) => row.hasAttribute("aria-current"));
  const from = at >= 0 ? at : open;
  const next = from < 0 ? 0 : Math.min(Math.max(from + step, 0), all.length - 1);
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
};

// What waits in a closed menu has its key all the same.
const visible = (element) =>
  element.checkVisibility({ visibilityProperty: true }) || element.matches("[type=radio], .pop-item");

const act = (key) => {
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (!target || target.matches("[disabled], [aria-disabled=true]")) return false;
  if (target.matches("input:not([type=radio]), textarea")) target.focus();
  else target.click();
  if (target.dataset.focus) document.getElementById(target.dataset.focus)?.focus();
  return true;
};

let first = "";
let firstAt = 0;

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (!enabled || modified || event.isComposing || typing(event.target)) return;
  const key = event.key.length === 1 ? event.key : "";
  if (!key) return;
  const pair = first && event.timeStamp - firstAt < 1200 ? `${first} ${key}` : "";
  first = "";
  let done = false;
  if (pair) done = act(pair);
  else if (key === "j" || key === "k") {
    walk(key === "j" ? 1 : -1);
    done = true;
  } else if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    first = key;
    firstAt = event.timeStamp;
    done = true;
  } else done = act(key);
  if (done) event.preventDefault();
});
