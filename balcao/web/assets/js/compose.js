// A draft is kept on the server while somebody types: two seconds after the last key, when a file is
// chosen, and on leaving. The form works without this; here is only the keeping and the countdown.

const PAUSE = 2000;
const timers = new WeakMap();
const saving = new WeakMap();

const part = (form, name) => form.querySelector(`[data-draft-${name}]`);
const say = (form, text) => {
  part(form, "said").textContent = text;
};

const fill = (form, found) => {
  if (found.version !== undefined) form.elements.version.value = found.version;
  if (found.key) form.elements.key.value = found.key;
};

const listFiles = (form, files) => {
  const list = form.querySelector("[data-kept]");
  const template = form.querySelector("[data-kept-row]").content;
  list.replaceChildren(
    ...files.map((file) => {
      const row = template.cloneNode(true);
      row.querySelector(".attachment-name").textContent = file.name;
      const button = row.querySelector("button");
      button.value = file.id;
      button.setAttribute("aria-label", button.dataset.label.replace("{}", file.name));
      return row;
    }),
  );
};

const take = (form, found, withFiles) => {
  fill(form, found);
  say(form, found.said);
  part(form, "discard").hidden = !found.said;
  if (!withFiles) return;
  listFiles(form, found.files);
  const input = form.querySelector("input[type=file]");
  input.value = "";
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

// The form's own fields; files only when they were just chosen, for leaving may not wait for them.
const dataOf = (form, withFiles) => {
  const data = new FormData(form);
  if (!withFiles) data.delete("files");
  return data;
};

const send = async (form, { withFiles = false, leaving = false } = {}) => {
  clearTimeout(timers.get(form));
  timers.delete(form);
  try {
    const response = await fetch(form.dataset.draft, {
      method: "POST",
      body: dataOf(form, withFiles),
      headers: { Accept: "application/json" },
      keepalive: leaving,
    });
    if (response.status === 401) {
      form.dataset.unsaved = "";
      say(form, part(form, "said").dataset.ended);
      return;
    }
    const found = await response.json();
    delete form.dataset.unsaved;
    if (response.ok) take(form, found, withFiles);
    else if (response.status === 409) {
      fill(form, found);
      part(form, "conflict").innerHTML = found.html;
      say(form, "");
      part(form, "discard").hidden = false;
    } else say(form, found.said);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    form.dataset.unsaved = "";
    say(form, part(form, "said").dataset.failed);
  }
};

// One at a time: the next one needs the version that this one brings.
const save = (form, how) => {
  const next = (saving.get(form) ?? Promise.resolve()).then(() => send(form, how));
  const done = next.finally(() => {
    if (saving.get(form) === done) saving.delete(form);
  });
  saving.set(form, done);
  return done;
};

const later = (form) => {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
};

const flush = () => {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (timers.has(form)) save(form, { leaving: true });
  }
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft !== undefined && event.target.matches("textarea, [name=kind]")) later(form);
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("form[data-draft] input[type=file]") || !input.files.length) return;
  if (input.validity.valid) save(input.form, { withFiles: true });
});

// A press waits for what is being kept: it needs the newest version.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.dataset.draft === undefined) return;
    clearTimeout(timers.get(form));
    timers.delete(form);
    const running = saving.get(form);
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    running.then(() => form.requestSubmit(button));
  },
  { capture: true },
);

document.addEventListener("htmx:before:request", flush);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flush();
});
window.addEventListener("pagehide", flush);

// Only what could not be kept asks before it is left.
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-draft][data-unsaved]:not([aria-busy])")) event.preventDefault();
});

// Replies on their way: seconds are counted from when the page came, whatever the clock here says.
const count = (element) => {
  if ("counting" in element.dataset) return;
  element.dataset.counting = "";
  const ends = performance.now() + Number(element.dataset.left) * 1000;
  const step = () => {
    if (!element.isConnected) return;
    const left = Math.ceil((ends - performance.now()) / 1000);
    element.textContent = left > 0 ? element.dataset.text.replace("{}", left) : element.dataset.sending;
    if (left > 0) setTimeout(step, 250);
    else setTimeout(due, wait);
  };
  // Seen to have left, unless somebody is busy elsewhere: a new pane takes the focus.
  const wait = Number(element.dataset.left) > 0 ? 1500 : 5000;
  const due = () => {
    if (!element.isConnected) return;
    const at = document.activeElement;
    if (at === document.body || at.closest("#main")) htmx.trigger(element, "due");
    else setTimeout(due, wait);
  };
  step();
};

const prepare = () => {
  for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
  document.querySelectorAll("[data-countdown]").forEach(count);
};

prepare();
document.addEventListener("htmx:after:swap", prepare);
