// A phone's photos are larger than what the site accepts, so they are drawn smaller before they are sent. Without this
// script, or if the browser cannot read the file, the page says that it is too large.
const MAX_SIZE = 1_400_000; // bytes
const WIDTH = 1600; // pixels; more than any page shows

async function shrink(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, WIDTH / picture.width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return new File([blob], "picture.jpg", { type: "image/jpeg" });
}

for (const field of document.querySelectorAll("input[type=file][data-shrink]")) {
  const save = field.form.querySelector("input[type=submit]");
  field.addEventListener("change", async () => {
    const [file] = field.files;
    if (!file || file.size <= MAX_SIZE) return;
    save.disabled = true; // or the large one would be sent
    try {
      const files = new DataTransfer();
      files.items.add(await shrink(file));
      field.files = files.files;
    } catch {
      // The server says what is wrong with it.
    } finally {
      save.disabled = false;
    }
  });
}
