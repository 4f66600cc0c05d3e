// The builder works without this. With it, choosing a length shows that phrasing at once.
for (const button of document.querySelectorAll(".use-length")) {
  button.hidden = true;
  button.closest("fieldset").addEventListener("change", () => button.form.requestSubmit(button));
}
