// The call card: the number in groups as people say it, and how long the call takes.

const grouped = (digits) => [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 10)].filter(Boolean).join(" ");

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches("[data-ticket-number]") || !/^[\d\s.-]*$/.test(field.value)) return;
  const before = field.value.slice(0, field.selectionStart).replace(/\D/g, "").length;
  field.value = grouped(field.value.replace(/\D/g, ""));
  let place = 0;
  for (let seen = 0; place < field.value.length && seen < before; place += 1) {
    if (/\d/.test(field.value[place])) seen += 1;
  }
  field.setSelectionRange(place, place);
});

const clock = document.querySelector("[data-since]");
const show = () => {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dateTime)) / 1000));
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
if (clock) {
  clock.title = clock.textContent;
  show();
  setInterval(show, 1000);
}
