// Reads a letter or an argument aloud with the browser's own voice. The buttons are hidden where there is none.

// Of a letter, what its supporter wrote and asks; and nothing that is there only for the eye, or only for screen readers.
const NOT_READ = "sup, button, .visually-hidden, .letter-mark, .letter-sender, .letter-recipient, .letter-sources, .letter-foot";
const voice = globalThis.speechSynthesis;
const buttons = document.querySelectorAll("[data-reads]");
let reading = null; // the button whose text is being read

function finish() {
  voice.cancel();
  if (reading) reading.firstChild.data = "Read aloud";
  reading = null;
}

// Sentence by sentence: some browsers fall silent in the middle of a long text.
function* listSentences(place) {
  const copy = place.cloneNode(true);
  for (const part of copy.querySelectorAll(NOT_READ)) part.remove();
  const blocks = copy.querySelectorAll("p, li, h1, h2, h3, h4, h5");
  for (const block of blocks.length ? blocks : [copy]) {
    const text = block.textContent.replace(/\s+/g, " ").trim();
    for (const sentence of text.match(/.+?(?:[.?!][’”)]*(?= )|$)/g) ?? []) yield sentence.trim();
  }
}

function read(button) {
  const places = button.dataset.reads.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  const utterances = places.flatMap((place) =>
    [...listSentences(place)].map((sentence) => {
      const utterance = new SpeechSynthesisUtterance(sentence);
      utterance.lang = place.closest("[lang]").lang;
      return utterance;
    }),
  );
  if (!utterances.length) return;
  reading = button;
  button.firstChild.data = "Stop reading";
  utterances.at(-1).addEventListener("end", () => {
    if (reading === button) finish();
  });
  for (const utterance of utterances) voice.speak(utterance);
}

for (const button of buttons) button.hidden = !voice;
if (voice) {
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const again = reading === button;
      finish();
      if (!again) read(button);
    });
  }
  addEventListener("pagehide", finish);
}
