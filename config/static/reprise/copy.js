// A button that copies, beside everything that is made to be copied: <… data-copy="what it is">.
// Without scripts, or where the browser refuses, the words stand there all the same.
"use strict";

(() => {
  if (!navigator.clipboard) return;

  for (const part of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    const said = document.createElement("span");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy the ${part.dataset.copy}`);
    said.className = "unseen";
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(part.textContent.trim());
        button.textContent = said.textContent = "Copied";
      } catch {
        button.textContent = said.textContent = "Not copied";
      }
      setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
    });
    part.after(button, said);
  }
})();
