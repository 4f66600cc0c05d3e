// Name and address stay in this tab, so that a correction does not ask for them again: the server keeps none of it. They
// go when the letter has been handed over, when its writer is finished, and after a day. Every page works without this.
const marker = document.querySelector("[data-details]"); // which campaign, and what this page does with them
const key = `details:${marker.dataset.details}`;
const DAY = 24 * 60 * 60 * 1000;
const NAMES = ["name", "address_1", "address_2", "town", "postcode", "email"];

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

const listFields = (form) => NAMES.map((name) => form.elements[name]).filter(Boolean);

// --- The details page: what is missing comes back; on the way from the check page it leads there again ---
const details = document.querySelector(".details-form");
if (details) {
  const kept = read();
  for (const field of listFields(details)) field.value ||= kept[field.name] ?? "";
  details.addEventListener("input", ({ target }) => {
    if (NAMES.includes(target.name)) keep({ [target.name]: target.value });
  });
  const complete = listFields(details).every((field) => field.value || field.name === "address_2");
  if (details.hasAttribute("data-resume") && complete) details.requestSubmit();
}

// --- The check page: what it was given is what to come back to; "back" and "reload" ask for it again by GET ---
const carried = document.querySelector("#carried");
if (carried) {
  keep(Object.fromEntries(listFields(carried).map((field) => [field.name, field.value])));
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
