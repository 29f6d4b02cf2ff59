// A ticket beside its list: which pane a phone shows, which row is current, and what to do when the
// answer is no pane at all (signed out meanwhile, gone, an error): then the browser goes there itself.

const desk = document.querySelector(".desk");
const main = document.getElementById("main");
const narrow = window.matchMedia("(max-width: 47.99rem)");

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const { ok, redirected } = ctx.response.raw;
  if (ok && !redirected) return;
  event.preventDefault();
  if (ctx.target === main) window.location.assign(ctx.request.action);
});

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
  if (window.location.hash) document.querySelector(window.location.hash)?.scrollIntoView({ block: "nearest" });
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
  markCurrent();
  main.scrollTop = 0;
  if (narrow.matches) window.scrollTo(0, 0);
  showLatest();
  main.focus({ preventScroll: true });
});

showLatest();
