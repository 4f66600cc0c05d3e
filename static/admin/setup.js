// Shows what is typed in the preview beside it after each pause. Without this a button does.
const PAUSE = 500; // milliseconds
const form = document.getElementById("setup");
const frame = document.getElementById("preview");
const button = document.getElementById("show-typed");
let timer;
let turn = 0;

button.hidden = true;

async function show() {
  const mine = ++turn;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const text = await answer.text();
    if (mine !== turn) return; // a newer one is on its way
    const page = new DOMParser().parseFromString(text, "text/html");
    const shown = frame.contentDocument;
    // Only the body: the styles stay, and so does the place to which one has scrolled.
    shown.body.replaceWith(shown.adoptNode(page.body));
    button.hidden = true;
  } catch {
    button.hidden = false; // pressed, it shows what is wrong
  }
}

function showSoon() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
}

form.addEventListener("input", showSoon);
// What came back with a fault, or was typed before this script ran.
if (form.querySelector(".error-summary")) frame.addEventListener("load", show, { once: true });
