// The command palette of the desk (Ctrl or Cmd with K). What is always there is fetched when it
// opens and narrowed here; what the desk holds under the words typed is fetched as they are typed.

const dialog = document.getElementById("palette");
const input = dialog.querySelector("[role=combobox]");
const list = dialog.querySelector("[role=listbox]");
const [always, found] = list.children;
const post = dialog.querySelector("[data-palette-post]");
const spoken = dialog.querySelector("[role=status]");
const { address } = dialog.dataset;
const PAUSE = 180;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const options = () => [...list.querySelectorAll("[role=option]:not([hidden])")];

let active = null;
let serial = 0;
let timer = 0;
const asking = new Map();

const choose = (option) => {
  active?.setAttribute("aria-selected", "false");
  active = option ?? null;
  if (!active) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  active.id ||= `palette-option-${(serial += 1)}`;
  active.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", active.id);
  active.scrollIntoView({ block: "nearest" });
};

const narrow = () => {
  const wanted = fold(input.value).split(/\s+/).filter(Boolean);
  for (const group of always.children) {
    const heading = fold(group.getAttribute("aria-label"));
    for (const option of group.querySelectorAll("[role=option]")) {
      const text = `${heading} ${fold(option.querySelector(".palette-label").textContent)}`;
      option.hidden = !wanted.every((word) => text.includes(word));
    }
    group.hidden = !group.querySelector("[role=option]:not([hidden])");
  }
  const all = options();
  spoken.textContent = all.length ? `${spoken.dataset.some} ${all.length}` : spoken.dataset.none;
  if (!all.includes(active)) choose(all.find((option) => option.ariaDisabled !== "true") ?? all[0]);
};

const fetchInto = async (target, query) => {
  asking.get(target)?.abort();
  const mine = new AbortController();
  asking.set(target, mine);
  try {
    const answer = await fetch(`${address}?${query}`, { signal: mine.signal, headers: { "HX-Request": "true" } });
    if (answer.redirected || !answer.ok) {
      window.location.reload();
      return;
    }
    target.innerHTML = await answer.text();
    narrow();
  } catch (error) {
    if (error.name !== "AbortError") spoken.textContent = spoken.dataset.lost;
  }
};

const open = () => {
  if (dialog.open) return;
  const query = new URLSearchParams(window.location.search);
  query.delete("q");
  const base = address.slice(0, address.lastIndexOf("/") + 1);
  const number = window.location.pathname.slice(base.length).match(/^\d{10}/);
  if (window.location.pathname.startsWith(base) && number) query.set("chamado", number[0]);
  input.value = "";
  found.replaceChildren();
  always.replaceChildren();
  dialog.showModal();
  input.focus();
  fetchInto(always, query);
};

const search = () => {
  clearTimeout(timer);
  asking.get(found)?.abort();
  narrow();
  const text = input.value.trim();
  if (text.length < 2) {
    found.replaceChildren();
    narrow();
    return;
  }
  timer = setTimeout(() => fetchInto(found, new URLSearchParams({ q: text })), PAUSE);
};

const run = (option) => {
  if (!option) return;
  if (option.ariaDisabled === "true") {
    spoken.textContent = option.querySelector(".palette-detail").textContent;
    return;
  }
  const href = option.getAttribute("href");
  dialog.close();
  if (option.dataset.method === "press") {
    document.dispatchEvent(new CustomEvent("desk:press", { detail: option.dataset.press }));
  } else if (option.dataset.method === "post") {
    post.action = href;
    post.requestSubmit();
  } else if (href.startsWith("#")) {
    document.querySelector(href)?.focus();
  } else {
    window.location.assign(href);
  }
};

const step = (by) => {
  const all = options();
  if (all.length) choose(all[(all.indexOf(active) + by + all.length) % all.length]);
};

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const act = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => run(active),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  choose(option);
  run(option);
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette-open]")) return;
  event.preventDefault();
  open();
});
