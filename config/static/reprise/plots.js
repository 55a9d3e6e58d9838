// Interactive plots: <figure data-plot="URL"> gets a button that shows the plotted numbers of its
// picture with Bokeh, and one that brings the picture back. Without scripts the picture stays.
"use strict";

(() => {
  const BOKEH = new URL("../bokeh/bokeh.min.js", document.currentScript.src).href;
  let bokeh = null;

  function loadBokeh() {
    bokeh = bokeh || new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = BOKEH;
      script.addEventListener("load", () => done(window.Bokeh));
      script.addEventListener("error", () => {
        bokeh = null;
        script.remove();
        fail(new Error("the plotting script did not load"));
      });
      document.head.append(script);
    });
    return bokeh;
  }

  async function fetchItem(url) {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return response.json();
  }

  function addPlot(figure, number) {
    const image = figure.querySelector("img");
    if (!image) return;
    const picture = image.closest("a") || image;
    const button = document.createElement("button");
    const status = document.createElement("p");
    const place = document.createElement("div");
    let drawn = false;
    button.type = "button";
    button.className = "button explore";
    button.textContent = "Explore";
    place.id = `plot-${number}`;
    place.className = "plot";
    place.hidden = true;
    button.setAttribute("aria-controls", place.id);
    button.setAttribute("aria-expanded", "false");
    status.setAttribute("role", "status");
    status.hidden = true;
    picture.after(place, button, status);

    function say(text) {
      status.textContent = text;
      status.hidden = !text;
    }

    function show(explored) {
      place.hidden = !explored;
      picture.hidden = explored;
      // A stylesheet may set `display` on pictures, which wins over the attribute.
      picture.style.display = explored ? "none" : "";
      button.setAttribute("aria-expanded", String(explored));
      button.textContent = explored ? "Show the picture again" : "Explore";
    }

    async function draw(url) {
      const [library, item] = await Promise.all([loadBokeh(), fetchItem(url)]);
      show(true); // first: Bokeh measures the place it draws in
      place.replaceChildren();
      const found = await library.embed.embed_item(item, place);
      drawn = true;
      const views = [...found]; // tables.js asks again for the range that is shown
      const detail = { views, draw, place };
      place.dispatchEvent(new CustomEvent("plot-drawn", { bubbles: true, detail }));
    }
    place.addEventListener("plot-again", () => draw(figure.dataset.plot));

    button.addEventListener("click", async () => {
      if (!place.hidden) return show(false);
      if (drawn) return show(true);
      button.disabled = true;
      say("Loading the plotted numbers…");
      try {
        await draw(figure.dataset.plot);
        say("");
      } catch (error) {
        place.replaceChildren();
        show(false);
        say(`The interactive plot could not be shown (${error.message}). The picture above is complete; try again in a moment.`);
      }
      button.disabled = false;
      button.focus();
      return undefined;
    });
  }

  document.querySelectorAll("figure[data-plot]").forEach(addPlot);
})();
