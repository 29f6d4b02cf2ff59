// Comforts for pages that already work without script: copy, send by keyboard, file drop,
// a guard for typed text, menus that close. Nothing here decides or fetches anything.

const live = document.getElementById("announcements");
const announce = (text) => {
  if (live && text) live.textContent = text;
};

// Copy buttons stay hidden until they can work.
const enableCopy = (root) => {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

const copy = async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch (error) {
    if (error instanceof DOMException) return;
    throw error;
  }
  button.dataset.done = "";
  announce(button.dataset.doneLabel);
  setTimeout(() => delete button.dataset.done, 2000);
};

if (navigator.clipboard) {
  enableCopy(document);
  document.addEventListener("htmx:after:swap", () => enableCopy(document));
}

// Menus made of <details> close on a click elsewhere and on Escape.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.pop[open]")) {
    if (menu !== except) menu.open = false;
  }
};

// Of tabs wider than the screen, the chosen one is in sight.
const showTab = () => {
  for (const tab of document.querySelectorAll(".book-tabs [aria-current], .rail-tabs [aria-current]")) {
    const tabs = tab.parentElement;
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }
};

showTab();
document.addEventListener("htmx:after:swap", showTab);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  closeMenus(event.target.closest("details.pop"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.pop[open]");
    if (menu) menu.querySelector("summary").focus();
    closeMenus();
  }
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
  if (sends && event.target.matches("textarea") && event.target.form) {
    event.preventDefault();
    const buttons = [...event.target.form.querySelectorAll("[data-default]")];
    event.target.form.requestSubmit(buttons.find((button) => button.checkVisibility()));
  }
});

// One press sends once; the server also refuses a repeated one.
const busy = (form, on) => {
  form.toggleAttribute("aria-busy", on);
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (on) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  const tooBig = form.querySelector("[data-limit] input:invalid");
  if (tooBig) {
    event.preventDefault();
    tooBig.focus();
    announce(tooBig.validationMessage);
    return;
  }
  if (keyOf(form)) {
    form.dataset.sent = "";
    sessionStorage.removeItem(`draft:${keyOf(form)}`);
    sessionStorage.setItem(`sent:${keyOf(form)}`, JSON.stringify(choices(form)));
  }
  busy(form, true);
  if ("upload" in form.dataset && hasFiles(form)) {
    event.preventDefault();
    upload(form, event.submitter);
  }
});

// A form that "Back" brought again with the words it was sent with goes under the key it had then: the
// server knows it, and nothing is there twice. With other words it is something new.
const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";

const written = (form) =>
  JSON.stringify(
    [...form.elements]
      .filter((field) => field.name && !["hidden", "file", "password", "submit"].includes(field.type))
      .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]),
  );

const sameKeyAgain = (form) => {
  const key = form.elements.key;
  if (form.method !== "post" || !key || !texts(form).length) return;
  const place = `once:${new URL(form.action).pathname}`;
  const before = JSON.parse(sessionStorage.getItem(place) ?? "{}");
  if (cameBack && before.words === written(form)) key.value = before.key;
  sessionStorage.setItem(place, JSON.stringify({ key: key.value, words: written(form) }));
};

document.addEventListener("submit", (event) => sameKeyAgain(event.target), true);

// Files take a while: their way up is shown, and a broken connection loses nothing.
const hasFiles = (form) => [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);

const upload = (form, submitter) => {
  const bar = document.createElement("progress");
  bar.className = "drop-progress";
  bar.max = 1;
  form.querySelector("[data-drop]").append(bar);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    if (request.responseURL && request.responseURL !== form.action) {
      location.assign(request.responseURL);
      return;
    }
    show(new DOMParser().parseFromString(request.responseText, "text/html"));
  });
  request.addEventListener("error", () => {
    bar.remove();
    busy(form, false);
    delete form.dataset.sent;
    form.dispatchEvent(new Event("input"));
    sessionStorage.removeItem(`sent:${keyOf(form)}`);
    showFault(form.querySelector("[data-drop]"));
  });
  request.open("POST", form.action);
  request.send(new FormData(form, submitter));
};

// The page that came back in place of this one. Written anew, the document would run no script again.
const show = (page) => {
  document.title = page.title;
  document.body.replaceWith(page.body);
  settle(false);
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx: {} } }));
  scrollTo(0, 0);
  const place = document.querySelector("main [autofocus]") ?? document.querySelector("main");
  place?.focus({ preventScroll: true });
};

const showFault = (drop) => {
  const fault = document.createElement("p");
  fault.className = "field-error";
  fault.textContent = drop.dataset.failed;
  drop.querySelector("p.field-error")?.remove();
  drop.append(fault);
  announce(fault.textContent);
};

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    busy(form, false);
    delete form.dataset.sent;
  }
});

// Typed text is never lost: kept for this tab, and leaving asks first. A form is known by its guard;
// a form with a hold is kept elsewhere while it is written, and here only on its way.
const keyOf = (form) => form.dataset.guard ?? form.dataset.hold;
const texts = (form) => [...form.querySelectorAll("textarea[name], input[type=text][name]")];
const isDirty = (form) => texts(form).some((field) => field.value !== field.defaultValue);

// Everything that a person wrote or chose, but no file and no password.
const choices = (form) => {
  const fields = [...texts(form), ...form.querySelectorAll("select[name], input[type=radio][name]:checked")];
  const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  if (form.elements.key) values.key = form.elements.key.value;
  return values;
};

const chooseAgain = (form, values) => {
  for (const field of form.querySelectorAll("textarea[name], input[type=text][name], select[name]")) {
    if (typeof values[field.name] === "string") field.value = values[field.name];
  }
  for (const radio of form.querySelectorAll("input[type=radio][name]")) {
    if (values[radio.name] === radio.value) radio.checked = true;
  }
};

// What was sent is forgotten once it arrived. When it did not (the session had ended, too large a file,
// no connection and the way back), the form has it again.
const settle = (wentBack) => {
  const again = wentBack || document.querySelector("[data-not-taken]");
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith("sent:")) continue;
    const values = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
    if (again) sessionStorage.setItem(key.replace("sent", "draft"), JSON.stringify({ ...values, again: true }));
  }
  // The next person at this machine reads nothing of the last one's.
  if (document.querySelector("[data-signed-out]")) {
    for (const key of Object.keys(sessionStorage)) if (/^(draft|once):/.test(key)) sessionStorage.removeItem(key);
  }
};

const keepTexts = (form) => {
  if ("watched" in form.dataset) return;
  form.dataset.watched = "";
  const key = `draft:${keyOf(form)}`;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  // The same text goes on under the same key, so that it stays one draft.
  if (kept.key && form.elements.key) form.elements.key.value = kept.key;
  if (kept.again) {
    chooseAgain(form, kept);
    // Whoever keeps drafts keeps this one, too, as soon as they listen.
    const typed = () => texts(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
    if (document.readyState === "complete") typed();
    else window.addEventListener("load", typed, { once: true });
  }
  if (form.dataset.hold) {
    sessionStorage.removeItem(key);
    return;
  }
  for (const field of texts(form)) {
    if (!field.value && typeof kept[field.name] === "string") field.value = kept[field.name];
  }
  form.addEventListener("input", () => {
    const values = Object.fromEntries(texts(form).map((field) => [field.name, field.value]));
    if (form.elements.key) values.key = form.elements.key.value;
    sessionStorage.setItem(key, JSON.stringify(values));
  });
};

window.addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("form[data-guard]:not([data-sent])")) {
    if (isDirty(form) && !("saved" in form.dataset)) event.preventDefault();
  }
});

// And kept on the server as a draft, a moment after the last key.
const KEEP_AFTER = 2000;

const keepOnServer = (form) => {
  const note = form.querySelector("[data-keep-note]");
  let timer = 0;
  const save = async (last) => {
    clearTimeout(timer);
    timer = 0;
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "kept") typed.append(name, value);
    }
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: typed, keepalive: last });
      const said = answer.ok && !answer.redirected ? await answer.text() : "";
      if (said && !timer) form.dataset.saved = "";
      if (note) note.textContent = said || (answer.status === 401 ? note.dataset.ended : note.dataset.failed);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (note) note.textContent = note.dataset.failed;
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    delete form.dataset.saved;
    clearTimeout(timer);
    timer = setTimeout(save, KEEP_AFTER, false);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("pagehide", () => {
    if (timer && !form.hasAttribute("aria-busy")) save(true);
  });
};

// Files by drag or paste join those already chosen.
const addFiles = (input, files) => {
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

const size = (bytes) => {
  const units = ["byte", "kilobyte", "megabyte"];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 2);
  const style = { style: "unit", unit: units[step], maximumFractionDigits: step ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(bytes / 1000 ** step);
};

const remover = (input, file, label) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet button-small";
  button.textContent = label;
  button.setAttribute("aria-label", `${label}: ${file.name}`);
  button.addEventListener("click", () => {
    const rest = new DataTransfer();
    for (const one of input.files) if (one !== file) rest.items.add(one);
    input.files = rest.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  return button;
};

const span = (name, text) => {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
};

const takeFiles = (drop) => {
  const input = drop.querySelector("input[type=file]");
  const list = drop.querySelector("[data-drop-list]");
  drop.classList.add("drop-live");
  const hover = (on) => drop.classList.toggle("drop-over", on);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    hover(true);
  });
  drop.addEventListener("dragleave", () => hover(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    hover(false);
    addFiles(input, event.dataTransfer.files);
  });
  input.form?.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    addFiles(input, event.clipboardData.files);
  });
  const fault = document.createElement("li");
  fault.className = "field-error";
  fault.textContent = drop.dataset.tooBig ?? "";
  input.addEventListener("change", () => {
    const total = [...input.files].reduce((sum, file) => sum + file.size, 0);
    const tooBig = total > Number(drop.dataset.limit ?? Infinity);
    input.setCustomValidity(tooBig ? fault.textContent : "");
    if (tooBig) announce(fault.textContent);
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.className = "attachment";
        item.append(span("attachment-name", file.name), span("attachment-size", size(file.size)));
        item.append(remover(input, file, drop.dataset.remove));
        return item;
      }),
      ...(tooBig ? [fault] : []),
    );
  });
};

// The page as it came, and every part that is fetched into it later.
const prepare = (root) => {
  root.querySelectorAll("form[data-guard], form[data-hold]").forEach(keepTexts);
  root.querySelectorAll("form[data-keep]").forEach(keepOnServer);
  root.querySelectorAll("[data-drop]:not(.drop-live)").forEach(takeFiles);
};

settle(cameBack);
prepare(document);
document.addEventListener("htmx:after:swap", () => prepare(document));
