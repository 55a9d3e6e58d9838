// Zooming in a plot of a long table asks the server for the range that is shown, so that every
// point of it can be seen. Without scripts the form has "x from" and "x to".
"use strict";

(() => {
  const PAUSE = 450;

  function ranged(figure, detail) {
    const url = new URL(figure.dataset.plot, document.baseURI);
    const range = firstRange(detail.views);
    if (!range) return;
    let timer = 0;
    const whole = { start: range.start, end: range.end };

    function changed() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (range.start === whole.start && range.end === whole.end) return;
        url.searchParams.set("from", String(Math.min(range.start, range.end)));
        url.searchParams.set("to", String(Math.max(range.start, range.end)));
        detail.draw(url.href).then(() => offerWhole(figure, detail.place));
      }, PAUSE);
    }
    range.properties.start.change.connect(changed);
    range.properties.end.change.connect(changed);
  }

  function firstRange(views) {
    for (const view of views) {
      const found = view.model.select ? [...all(view.model)] : [];
      const plot = found.find((model) => model.type === "Figure" || model.type === "Plot");
      if (plot) return plot.x_range;
    }
    return null;
  }

  function* all(model) {
    yield model;
    yield* model.references();
  }

  function offerWhole(figure, place) {
    if (figure.querySelector(".range-note")) return;
    const note = document.createElement("p");
    const button = document.createElement("button");
    note.className = "range-note";
    note.setAttribute("role", "status");
    note.textContent = "Only the range shown is drawn, with its own points.";
    button.type = "button";
    button.textContent = "The whole range";
    button.addEventListener("click", () => {
      note.remove();
      place.dispatchEvent(new CustomEvent("plot-again"));
    });
    note.append(button);
    place.after(note);
  }

  document.addEventListener("plot-drawn", (event) => {
    const figure = event.target.closest("figure[data-ranged]");
    if (figure) ranged(figure, event.detail);
  });
})();
