// A ticket beside its list: which pane a phone shows, which row is current, what stands there while a
// pane is fetched, and what to do when the answer is none: signed out meanwhile or gone, the browser
// goes there itself; no answer or an error, the page says so and keeps what stands there.

const desk = document.querySelector(".desk");
const main = document.getElementById("main");
const narrow = window.matchMedia("(max-width: 47.99rem)");

const copyOf = (name) => document.querySelector(`template[data-pane="${name}"]`)?.content.firstElementChild?.cloneNode(true);

// Longer than this a pane says that it is on its way; before, nothing flickers.
const PATIENCE = 300;
let waiting = 0;

const stopWaiting = () => {
  clearTimeout(waiting);
  main.removeAttribute("aria-busy");
  main.querySelector(".pane-ghost")?.remove();
};

document.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx.target !== main) return;
  stopWaiting();
  waiting = setTimeout(() => {
    const ghost = copyOf("ghost");
    if (!ghost) return;
    main.setAttribute("aria-busy", "true");
    main.prepend(ghost);
  }, PATIENCE);
});

document.addEventListener("htmx:finally:request", (event) => {
  if (event.detail.ctx.target === main) stopWaiting();
});

// Nothing typed is lost: what stands in the pane stays, under a word on what did not come.
const sayLost = (ctx) => {
  const lost = copyOf("lost");
  if (!lost || !ctx?.target?.isConnected) return;
  // Beside a list without a ticket the pane is not on the screen: the list's own says it.
  const place = ctx.target.checkVisibility() ? ctx.target : document.getElementById("desk-list-pane");
  place.querySelector(":scope > .pane-lost")?.remove();
  lost.querySelector("a").href = ctx.request.action;
  place.prepend(lost);
  lost.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:error", (event) => sayLost(event.detail.ctx));

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const { ok, redirected, status } = ctx.response.raw;
  if (ok && !redirected) return;
  event.preventDefault();
  if (status >= 500) sayLost(ctx);
  else if (ctx.target === main) window.location.assign(ctx.request.action);
});

// An address within the page opens what it is folded in; an older message is asked for.
const showAddressed = () => {
  const { hash } = window.location;
  if (!/^#[med]\d+$/.test(hash)) return;
  const found = document.querySelector(hash);
  const older = main.querySelector(".thread-older a");
  if (!found && older && hash.startsWith("#m") && Number(hash.slice(2)) > 0) {
    const address = new URL(older.href);
    if (new URLSearchParams(window.location.search).has("antes")) return;
    address.searchParams.set("antes", Number(hash.slice(2)) + 1);
    address.hash = hash;
    window.location.replace(address);
    return;
  }
  for (let fold = found?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  found?.scrollIntoView({ block: "center" });
};

window.addEventListener("hashchange", showAddressed);

const markCurrent = () => {
  for (const row of document.querySelectorAll("[data-list] a[data-row]")) {
    if (window.location.pathname.endsWith(`/${row.dataset.number}`)) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
};

// A long conversation opens at its end, above the composer that stays in sight.
const showLatest = () => {
  const last = main.querySelector(".thread > :last-child");
  const composer = main.querySelector(".desk-compose");
  if (!last || !composer || getComputedStyle(composer).position !== "sticky") return;
  last.style.scrollMarginBottom = `${composer.offsetHeight}px`;
  if (window.location.hash) showAddressed();
  else last.scrollIntoView({ block: "end" });
};

const showCurrent = () => {
  document.querySelector("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.target !== main) {
    showCurrent();
    return;
  }
  desk.dataset.focus = "ticket";
  document.getElementById("desk-list-pane").removeAttribute("role");
  markCurrent();
  main.scrollTop = 0;
  if (narrow.matches) window.scrollTo(0, 0);
  showLatest();
  main.focus({ preventScroll: true });
});

showLatest();
showAddressed();
