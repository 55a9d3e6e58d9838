// Pictures of two runs: a button that shows one over the other, in turns. <… data-blink="what">
// holds a .beside with the two. A difference that could not be drawn is taken away.
"use strict";

(() => {
  const PAUSE = 700;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function addBlink(part) {
    const pair = [...part.querySelectorAll(".beside > figure")].slice(0, 2);
    const button = document.createElement("button");
    const back = document.createElement("button");
    let timer = 0;
    let front = 1;
    button.type = back.type = "button";
    button.textContent = calm ? "One over the other" : "Blink";
    back.textContent = "Side by side";
    back.hidden = true;

    function turn() {
      front = 1 - front;
      pair.forEach((figure, place) => figure.classList.toggle("is-away", place !== front));
    }
    button.addEventListener("click", () => {
      part.classList.add("blink-on");
      back.hidden = false;
      turn();
      if (calm) button.textContent = "Show the other";
      else if (timer) { clearInterval(timer); timer = 0; button.textContent = "Blink"; }
      else { timer = setInterval(turn, PAUSE); button.textContent = "Stop"; }
    });
    back.addEventListener("click", () => {
      clearInterval(timer);
      timer = 0;
      part.classList.remove("blink-on");
      pair.forEach((figure) => figure.classList.remove("is-away"));
      button.textContent = calm ? "One over the other" : "Blink";
      back.hidden = true;
      button.focus();
    });
    const bar = document.createElement("div");
    bar.className = "actions";
    bar.append(button, back);
    part.querySelector(".beside").before(bar);
  }

  if (window.repriseBlink) return; // a page may name this script twice
  window.repriseBlink = true;
  document.querySelectorAll("[data-blink]").forEach(addBlink);
})();
