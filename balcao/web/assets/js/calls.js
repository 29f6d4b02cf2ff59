// The call card: the number in groups as people say it, and how long the call takes.

const grouped = (digits) => [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 10)].filter(Boolean).join(" ");

// The check digit (ISO 7064 Mod 11,10): a slip of the tongue is heard before it counts as a guess.
const fits = (digits) => {
  let product = 10;
  for (const digit of digits.slice(0, 9)) product = ((((product + Number(digit)) % 10) || 10) * 2) % 11;
  return (product + Number(digits[9])) % 10 === 1;
};

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
  const digits = field.value.replace(/\D/g, "");
  field.form.querySelector("[data-number-wrong]").hidden = digits.length < 10 || fits(digits);
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
