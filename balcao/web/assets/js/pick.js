// While somebody writes: "::" or "/" at the start of a word offers the saved replies, "@" colleagues.
// The lists are fetched when they are first asked for; arrow keys choose, Enter puts in, Escape closes.

const LIMIT = 8;
const WORDS = [
  { kind: "replies", pattern: /(^|\s)(::|\/)([\w-]*)$/ },
  { kind: "colleagues", pattern: /(^|[\s(])(@)([^@\n]{0,40})$/ },
];
const lists = new Map();
let open = null;

const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

const fetched = (address) => {
  if (!lists.has(address)) {
    const asked = fetch(address, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : { found: [] }))
      .then(({ found }) => found)
      .catch(() => {
        lists.delete(address);
        return [];
      });
    lists.set(address, asked);
  }
  return lists.get(address);
};

const close = () => {
  if (!open) return;
  open.box.hidden = true;
  open.text.removeAttribute("aria-activedescendant");
  open = null;
};

const mark = (at) => {
  open.at = (at + open.rows.length) % open.rows.length;
  [...open.box.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === open.at)));
  const chosen = open.box.children[open.at];
  chosen.scrollIntoView({ block: "nearest" });
  open.text.setAttribute("aria-activedescendant", chosen.id);
};

const put = (row) => {
  const { text, from } = open;
  const rest = text.value.slice(text.selectionStart);
  const space = /^\s/.test(rest) || row.text.includes("\n") ? "" : " ";
  text.setRangeText(row.text + space, from, text.selectionStart, "end");
  close();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
};

const item = (row, index) => {
  const line = document.createElement("li");
  line.id = `pick-${index}`;
  line.className = "pick-item";
  line.role = "option";
  const code = document.createElement("strong");
  code.textContent = row.code;
  const label = document.createElement("span");
  label.textContent = row.label;
  line.append(code, label);
  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    put(row);
  });
  return line;
};

const offer = async (text, kind, typed, from) => {
  const form = text.form;
  const rows = await fetched(form.dataset[kind]);
  if (document.activeElement !== text) return;
  const wanted = plain(typed.trimStart());
  const fits = rows.filter(
    (row) => plain(row.code).includes(wanted) || (kind === "replies" && plain(row.label).includes(wanted)),
  );
  const box = form.querySelector("[data-pick-list]");
  if (!fits.length) {
    close();
    return;
  }
  open = { text, box, from, rows: fits.slice(0, LIMIT), at: 0 };
  box.replaceChildren(...open.rows.map(item));
  box.hidden = false;
  mark(0);
};

const look = (text) => {
  const before = text.value.slice(0, text.selectionStart);
  for (const { kind, pattern } of WORDS) {
    const found = before.match(pattern);
    if (found) {
      offer(text, kind, found[3], before.length - found[2].length - found[3].length);
      return;
    }
  }
  close();
};

const isText = (element) => element.matches?.("form[data-replies] textarea");

document.addEventListener("input", (event) => {
  if (isText(event.target)) look(event.target);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (!open || event.target !== open.text || event.isComposing) return;
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "ArrowDown") mark(open.at + 1);
    else if (event.key === "ArrowUp") mark(open.at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && !modified) put(open.rows[open.at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  { capture: true },
);

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.text) close();
});

// The button does what typing "::" does.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (!button || event.ctrlKey || event.metaKey) return;
  const text = button.closest("form").querySelector("textarea");
  event.preventDefault();
  text.focus();
  const before = text.value.slice(0, text.selectionStart);
  text.setRangeText(/(^|\s)$/.test(before) ? "::" : " ::", text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
