// Asks before what was typed into a form is left without being saved.
const forms = document.querySelectorAll("form[data-warn], #campaign_form, #argument_form, #member_form");
let leaving = false;

function read(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
}

for (const form of forms) {
  // After a refusal the page comes back with what was typed, which is not saved.
  const refused = form.querySelector(".error-summary, .errornote, .errorlist") !== null;
  const saved = refused ? "" : read(form);
  addEventListener("beforeunload", (event) => {
    if (!leaving && read(form) !== saved) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    leaving = !event.submitter?.formTarget;
  });
}
