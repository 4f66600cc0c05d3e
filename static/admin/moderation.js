// Keys for reading held letters: j and k go on and back, r and x to a decision. Never while somebody is typing, and they
// can be turned off. Without this, links and buttons do the same.
const OFF = "parley-keys-off";
const TYPING = "input, textarea, select, [contenteditable]";
const TO = { r: "id_release-reason", x: "id_refuse-reason" };
const toggle = document.getElementById("keys");
let off = localStorage.getItem(OFF) !== null;

function show() {
  if (!toggle) return;
  toggle.hidden = false;
  toggle.textContent = off ? toggle.dataset.on : toggle.dataset.off;
}

toggle?.addEventListener("click", () => {
  off = !off;
  if (off) localStorage.setItem(OFF, "yes");
  else localStorage.removeItem(OFF);
  show();
});

addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.(TYPING)) return;
  const key = event.key.toLowerCase();
  const link = ["j", "k"].includes(key) ? document.querySelector(`a[data-key="${key}"]`) : null;
  const field = key in TO ? document.getElementById(TO[key]) : null;
  if (!link && !field) return;
  event.preventDefault();
  link?.click();
  field?.focus();
});

for (const ready of document.querySelectorAll("a[data-fill]")) {
  ready.addEventListener("click", (event) => {
    const field = document.getElementById(ready.dataset.fill);
    event.preventDefault();
    field.value = ready.textContent.trim();
    field.focus();
  });
}

show();
