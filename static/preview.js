// On a phone the letter opens over the form by its address, #letter, also without this. With it the letter is a dialog:
// it takes the focus, what lies beneath is out of reach, and Escape closes it as "back" does.
const letter = document.getElementById("letter");
const bar = document.getElementById("letter-bar");
const small = matchMedia("(max-width: 61.99em)");
let open = false;
let pushed = false; // "back" leads to the form

function lyingBeneath() {
  const others = [];
  for (let part = letter; part !== document.body; part = part.parentElement) {
    others.push(...[...part.parentElement.children].filter((other) => other !== part && other.tagName !== "SCRIPT"));
  }
  return others;
}

function followAddress() {
  const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  const opens = small.matches && target !== null && letter.contains(target);
  if (opens === open) return;
  open = opens;
  for (const other of lyingBeneath()) other.inert = open;
  if (open) {
    letter.setAttribute("role", "dialog");
    letter.setAttribute("aria-modal", "true");
    document.getElementById("letter-title").focus();
  } else {
    letter.removeAttribute("role");
    letter.removeAttribute("aria-modal");
    pushed = false;
    bar.focus({ preventScroll: true });
  }
}

function close() {
  if (pushed && location.hash === "#letter") history.back();
  else location.replace("#write");
}

bar.addEventListener("click", () => {
  pushed = true;
});
letter.querySelector(".letter-close").addEventListener("click", (event) => {
  event.preventDefault();
  close();
});
addEventListener("keydown", (event) => {
  if (open && event.key === "Escape") close();
});
addEventListener("hashchange", followAddress);
small.addEventListener("change", followAddress);
followAddress();
