// The builder works without this. With it, what is typed is saved after each pause, buttons do their work without a
// new page, and cards can be dragged. htmx brings the form to the server and the answer's parts to their places.
const form = document.getElementById("words");
const cards = document.getElementById("words-cards");
const statuses = document.querySelectorAll(".save-status");
const announce = document.getElementById("announce");
const IN_PLACE = /^(save|up|down|arrange|remove|restore|length|question|more|next|add|leave)(:|$)/;

const actions = []; // what buttons asked for and no answer has confirmed
let doing; // the one that is on its way, if any
let changed = false; // since the last request
let busy = false; // a request is on its way: one at a time, in order
let failures = 0;
let leaving = false;
let timer = 0;
let sent = new Map();
let answer = null;
let anchor = null; // what had the focus when new cards came, and where it stood

// What everybody sees changes with each save; what is read aloud, only with news.
function show(state, said = "") {
  const before = form.dataset.state;
  if (state === "saving" && (before === "failing" || before === "waiting")) return;
  const text = announce.dataset[state];
  if (state !== "saving") {
    if (state !== before && !said) announce.textContent = text;
    form.dataset.state = state;
  }
  for (const status of statuses) status.textContent = text;
}

function wait(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(send, milliseconds);
}

function send() {
  clearTimeout(timer);
  if (busy || leaving || !(changed || actions.length)) return;
  busy = true;
  changed = false;
  answer = null;
  doing = actions[0];
  sent = new Map([...form.querySelectorAll("textarea")].map((box) => [box.name, box.value]));
  form.elements.turn.value = Number(form.elements.turn.value) + 1;
  show("saving");
  htmx.trigger(form, "builder:send");
}

function showWhole(action) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "action", value: action });
  form.append(field);
  leaving = true;
  form.elements.turn.value = Number(form.elements.turn.value) + 1;
  form.submit();
}

function act(action) {
  actions.push(action);
  send();
}

form.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.parameters.action = doing ?? "save";
  if (!doing) for (const field of form.querySelectorAll("[data-carried]")) delete detail.parameters[field.name];
});

form.addEventListener("builder:answered", ({ detail }) => {
  answer = detail;
});

form.addEventListener("htmx:afterRequest", async ({ detail }) => {
  busy = false;
  keepPlace();
  if (detail.xhr.getResponseHeader("HX-Redirect")) {
    leaving = true;
  } else if (answer) {
    failures = 0;
    const done = doing && actions.shift();
    show(answer.state, answer.said);
    if (answer.state === "saved") document.getElementById("errors")?.remove(); // put right
    if (answer.focus) document.getElementById(answer.focus)?.focus();
    // What hinders heads the whole page; and what is carried along goes on with it.
    if (done?.startsWith("next") && (answer.whole || answer.state === "refused")) showWhole(done);
    else if (changed || actions.length) wait(200);
  } else {
    changed = true;
    failures += 1;
    // Asked to wait, for a few seconds as a rule: most people need not hear of it.
    const pause = 1000 * (Number(detail.xhr.getResponseHeader("Retry-After")) || 0) * (1 + Math.random() / 2);
    if (!pause) show("failing");
    else if (failures > 2) show("waiting");
    if (detail.xhr.status === 403) await renewToken();
    wait(Math.max(pause, Math.min(30_000, 1000 * 2 ** failures)));
  }
});

// A browser that has forgotten its cookies gets new ones; what is on the page stays.
async function renewToken() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
    const token = page.querySelector("[name=csrfmiddlewaretoken]");
    if (token) form.elements.csrfmiddlewaretoken.value = token.value;
  } catch {
    // Tried again with the next request.
  }
}

form.addEventListener("input", ({ target }) => {
  changed = true;
  wait(800);
  const sources = target.closest(".words-card")?.querySelector("details[id^='sources-']");
  if (sources && target.matches("textarea")) sources.open = true; // the source beside what is being changed
});

form.addEventListener("change", ({ target }) => {
  if (!target.name) return; // SortableJS has a "change" of its own
  if (target.name.startsWith("length-")) act(`length:${target.name.slice("length-".length)}`);
  else if (!target.matches("textarea")) send();
});

form.addEventListener("focusout", () => {
  if (changed) wait(200); // not at once: the press of a button may follow, and brings the text itself
});

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  const action = button?.value ?? "save";
  if (IN_PLACE.test(action)) {
    event.preventDefault();
    if (action === "save") changed = true;
    if (button?.getAttribute("aria-disabled") === "true") return;
    if (action === "save") send();
    else act(action);
  } else if (leaving) {
    event.preventDefault(); // pressed twice
  } else {
    leaving = true;
    clearTimeout(timer);
    form.elements.turn.value = Number(form.elements.turn.value) + 1;
  }
});

// --- The page goes out of sight, or comes back ----------------------------------------------------------------

function saveOnTheWay() {
  if (!changed || leaving) return;
  form.elements.turn.value = Number(form.elements.turn.value) + 1;
  const body = new FormData(form);
  body.set("action", "save");
  for (const field of form.querySelectorAll("[data-carried]")) body.delete(field.name);
  // Nobody may be there to read the answer: `changed` stays, and a page that comes back saves again.
  fetch(location.pathname, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => {});
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") saveOnTheWay();
});
addEventListener("pagehide", saveOnTheWay);
addEventListener("pageshow", () => {
  leaving = false;
  if ([...form.querySelectorAll("textarea")].some((box) => box.value !== box.defaultValue)) {
    changed = true; // the browser has brought back what was typed
    wait(200);
  }
});
addEventListener("online", send);
addEventListener("beforeunload", (event) => {
  if (failures && changed) event.preventDefault();
});

// --- New cards in the place of the old ------------------------------------------------------------------------

cards.addEventListener("htmx:oobBeforeSwap", ({ detail, target }) => {
  if (target !== cards) return;
  for (const box of cards.querySelectorAll("textarea")) {
    // Typed while the request was on its way.
    const fresh = detail.fragment.querySelector(`[name="${box.name}"]`);
    if (!fresh || box.value === sent.get(box.name)) continue;
    const shown = (root) => root.querySelector(`[name="${box.name.replace("text-", "shown-")}"]`)?.value;
    if (shown(cards) !== shown(detail.fragment)) continue;
    fresh.value = box.value;
    changed = true;
  }
  for (const open of cards.querySelectorAll("details[open]")) {
    const fresh = detail.fragment.querySelector(`#${CSS.escape(open.id)}`);
    if (fresh) fresh.open = true;
  }
  const active = document.activeElement;
  anchor = cards.contains(active) && active.id ? [active.id, active.getBoundingClientRect().top] : null;
});

// The pressed button stays under the finger.
function keepPlace() {
  const moved = anchor && document.getElementById(anchor[0]);
  if (moved) scrollBy({ top: moved.getBoundingClientRect().top - anchor[1], behavior: "instant" });
  anchor = null;
}

// Only where there is a pointer to drag with: a phone has no use for it.
if (matchMedia("(pointer: fine)").matches) {
  await import(form.dataset.sortable); // sets the global Sortable
  Sortable.create(cards, {
    handle: ".words-card-handle",
    draggable: ".words-card",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd({ item }) {
      form.elements.order.value = [...cards.querySelectorAll(".words-card")].map((card) => card.dataset.key).join(" ");
      act(`arrange:${item.dataset.key}`);
    },
  });
}
