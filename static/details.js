// Name and address stay in this tab, so that a correction does not ask for them again: the server keeps none of it. They
// go when the letter has been handed over, when the supporter is finished, and after a day. Every page works without this.
const marker = document.querySelector("[data-details]"); // which campaign, and what this page does with them
const key = `details:${marker.dataset.details}`;
const DAY = 24 * 60 * 60 * 1000;
const NAMES = [
  ...["name", "address_1", "address_2", "town", "postcode", "email", "email_meant"],
  ...["reply_by", "phone", "on_behalf_of", "own_case"],
];

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key)) ?? {};
    if (Date.now() - kept.at < DAY) return kept;
    sessionStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing, or something else's entry: they are typed again.
  }
  return {};
}

function keep(typed) {
  try {
    sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), ...read(), ...typed }));
  } catch {
    // As above.
  }
}

// A tick box's value is its tick's; on the check page it is a hidden field.
const isBox = (field) => field.type === "checkbox";
const readField = (field) => (isBox(field) ? (field.checked ? "on" : "") : field.value);

function fill(field, value) {
  if (isBox(field)) field.checked ||= Boolean(value);
  else field.value ||= value ?? "";
}

const listFields = (form) => NAMES.map((name) => form.elements[name]).filter(Boolean);

// --- The details page: what is missing comes back; on the way from the check page it leads there again ---
const details = document.querySelector(".details-form");
if (details) {
  const kept = read();
  const names = NAMES.filter((name) => details.elements[name]);
  for (const name of names) fill(details.elements[name], kept[name]);
  const folded = details.querySelector("details");
  if (folded) folded.open ||= names.some((name) => folded.querySelector(`[name="${name}"]`) && readField(details.elements[name]));
  details.addEventListener("input", ({ target }) => {
    if (NAMES.includes(target.name)) keep({ [target.name]: readField(target) });
  });
  const complete = listFields(details).every((field) => readField(field) || !field.required);
  if (details.hasAttribute("data-resume") && complete) details.requestSubmit();
}

// --- The check page: what it was given is what to come back to; "back" and "reload" ask for it again by GET ---
const carried = document.querySelector("#carried");
if (carried) {
  keep(Object.fromEntries(listFields(carried).map((field) => [field.name, readField(field)])));
  history.replaceState(history.state, "", location.href);
}

// --- The postcode that led to the MP ---
for (const form of document.querySelectorAll("[data-postcode]")) {
  form.addEventListener("submit", () => {
    keep({ postcode: form.elements.postcode.value });
    for (const pick of document.querySelectorAll(".case-pick input")) pick.setAttribute("form", form.id); // whichever box
  });
}

if (marker.hasAttribute("data-forget")) sessionStorage.removeItem(key);
