// Enhances the drop area: shows that a file is held over it, and says at once when a file is too large.
// Every task works without this script.
"use strict";
for (const area of document.querySelectorAll("[data-drop]")) {
  const input = area.querySelector("input[type=file]");
  const warning = area.querySelector("[data-too-large]");
  if (!input) continue;
  const over = (on) => area.classList.toggle("over", on);
  const check = () => {
    const file = input.files && input.files[0];
    const large = Boolean(file) && file.size > Number(area.dataset.drop);
    if (warning) warning.hidden = !large;
    input.setCustomValidity(large && warning ? warning.textContent.trim() : "");
  };
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, (event) => { event.preventDefault(); over(true); });
  }
  for (const kind of ["dragleave", "drop"]) {
    area.addEventListener(kind, (event) => { event.preventDefault(); over(false); });
  }
  area.addEventListener("drop", (event) => {
    if (event.dataTransfer && event.dataTransfer.files.length > 0) {
      input.files = event.dataTransfer.files;
      check();
    }
  });
  input.addEventListener("change", check);
}
