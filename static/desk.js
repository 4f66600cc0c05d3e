// The builder works without this. With it, choosing a length shows that phrasing at once, and cards can be dragged,
// and own words are counted as they are typed.
for (const button of document.querySelectorAll(".use-length")) {
  button.hidden = true;
  button.closest("fieldset").addEventListener("change", () => button.form.requestSubmit(button));
}

// The same words as letters.drafting.count_words counts; the server's count is the one that decides.
const ownWords = document.getElementById("id_own_words");
const ownCount = document.getElementById("own-count");
ownWords.addEventListener("input", () => {
  ownCount.textContent = (ownWords.value.match(/[\p{L}\p{N}_]+(?:[’'-][\p{L}\p{N}_]+)*/gu) || []).length;
});

const cards = document.querySelector(".words-cards");
const order = document.getElementById("id_order");
for (const handle of cards.querySelectorAll(".words-card-handle")) handle.hidden = false;
Sortable.create(cards, {
  handle: ".words-card-handle",
  animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
  onEnd({ item }) {
    order.value = [...cards.children].map((card) => card.dataset.key).join(" ");
    // Saved at once, as by the buttons "Up" and "Down"; the page comes back at the card that was moved.
    const save = document.getElementById("save");
    save.value = `save:${item.dataset.key}`;
    order.form.requestSubmit(save);
  },
});
