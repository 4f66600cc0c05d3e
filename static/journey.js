// Every page of the journey works without this. With it, choices are counted and collected as they are made, text is
// copied at a press, and a second press of a button that is still at work does nothing.

// --- Choosing arguments: how many, and in which order ---
const choosing = document.querySelector(".choosing");
if (choosing) {
  const most = Number(choosing.dataset.most);
  const advised = Number(choosing.dataset.advised);
  const boxes = [...choosing.querySelectorAll(".argument-check")];
  const order = choosing.elements.order;
  const own = choosing.elements.own_words;
  const count = choosing.querySelector(".chosen-count");
  const list = choosing.querySelector(".chosen-list");
  const collect = () => {
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    const keys = [...order.value.split(" ").filter((key) => ticked.includes(key))];
    keys.push(...ticked.filter((key) => !keys.includes(key)));
    order.value = keys.join(" ");
    const over = keys.length > most;
    const room = advised + Math.floor(own.value.split(/\s+/).length / Number(choosing.dataset.wordsForAnother));
    const many = keys.length > room ? " – one is easiest to answer" : "";
    const chosen = keys.length ? `${keys.length} argument${keys.length > 1 ? "s" : ""}${many}` : "No argument";
    const text = over ? `${keys.length} chosen: untick ${keys.length - most}, ${most} is the most` : chosen;
    if (count.textContent !== text) count.textContent = text;
    choosing.classList.toggle("is-over", over);
    list.replaceChildren(...keys.map((key) => {
      const item = document.createElement("li");
      item.textContent = boxes.find((box) => box.value === key).labels[0].textContent;
      return item;
    }));
  };
  choosing.addEventListener("change", collect);
  choosing.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "show") return;
    event.preventDefault();
    for (const theme of choosing.querySelectorAll(".theme-fold")) theme.open = true;
  });
  addEventListener("pageshow", collect); // "back" brings ticks back without telling
}

// --- Copying ---
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      document.getElementById(button.dataset.says).textContent = "Copied.";
    } catch {
      // It stays selected: the reader's own "copy" takes it.
      document.getElementById(button.dataset.says).textContent = "It is selected: copy it with your keyboard or menu.";
    }
  });
}

// --- The device's own way to share, where it has one ---
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) break;
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ text: button.dataset.words, url: button.dataset.share }).catch(() => {}); // who closes it shares nothing
  });
}

// --- One press is enough: a second one of the same button, while the first is at work, does nothing ---
for (const form of document.querySelectorAll("form.once")) {
  let last = null;
  let pressed = 0;
  form.addEventListener("submit", (event) => {
    if (event.submitter === last && event.timeStamp - pressed < 3000) {
      event.preventDefault();
      return;
    }
    last = event.submitter;
    pressed = event.timeStamp;
    const says = last?.dataset.says;
    if (says) document.getElementById(says).hidden = false;
  });
}

// --- A page that says how things are follows them: at once when its reader comes back to it, else every ten seconds ---
const watched = document.querySelector("[data-watch]");
if (watched) {
  const look = async () => {
    if (document.visibilityState !== "visible" || document.activeElement?.matches("input, textarea")) return;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // A page that has nothing more to wait for is not watched.
      if (page.querySelector("[data-watch]")?.dataset.watch !== watched.dataset.watch) location.reload();
    } catch {
      // No connection just now: the next look may have one.
    }
  };
  setInterval(look, 10_000);
  document.addEventListener("visibilitychange", look);
}
