// The form of a workflow, live: what is changed is marked while one types, each field can be reset,
// numbers with limits get a slider, times a converter, sources are looked up in place, the address
// of the page follows, and before anything is sent the page says whether the answer is known.
// The server decides what a text means; without this script its pages say the same.
"use strict";

(() => {
  const form = document.querySelector("form[data-change]");
  if (!form) return;
  const PAUSE = 400;
  const { change: page, workflow, version } = form.dataset;
  const says = form.querySelector(".plan-says");
  const resetAll = form.querySelector("[data-reset]");
  const keep = form.querySelector("[data-keep]");
  const seed = form.elements["reprise-seed"];
  const figure = form.elements["reprise-figure"];
  const fields = [...form.querySelectorAll(".field[data-name]")].map(made);
  let timer = 0;
  let asked = 0;

  function made(place) {
    const input = place.querySelector(`[id="p-${CSS.escape(place.dataset.name)}"]`);
    return { place, input, ...place.dataset, name: place.dataset.name };
  }

  function element(tag, attributes = {}, text = "") {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
    found.textContent = text;
    return found;
  }

  const text = (field) => (field.input.type === "checkbox" ? String(field.input.checked) : field.input.value.trim());
  const files = (field) => field.place.querySelector("input[type=file]")?.files.length > 0;

  function put(field, value) {
    if (field.input.type === "checkbox") field.input.checked = value === "true";
    else field.input.value = value;
  }

  // Two spellings of one number are no change; what carries a unit is for the server to say.
  function differs(field) {
    const [one, other] = [text(field), field.published.trim()];
    if (one === other) return files(field);
    const bothNumbers = one !== "" && other !== "" && ["float", "integer"].includes(field.kind);
    if (one === "" && field.kind !== "string" && field.kind !== "product" && !field.optional) return false;
    return !(bothNumbers && Number(one) === Number(other));
  }

  // Marks, and what resets them

  function mark(field, changed) {
    field.changed = changed;
    field.place.classList.toggle("is-changed", changed || Boolean(field.fault));
    const chip = field.place.querySelector(".mark");
    if (changed && !chip.firstElementChild) chip.append(element("span", { class: "chip v-changed" }, "changed"));
    if (!changed) chip.replaceChildren();
    field.reset.hidden = !changed;
    if (field.slider && Number.isFinite(Number(text(field))) && text(field) !== "") field.slider.value = text(field);
  }

  function blame(field, fault) {
    field.fault = fault;
    const line = field.place.querySelector(".fault");
    line.textContent = fault;
    line.hidden = !fault;
    if (fault) field.input.setAttribute("aria-invalid", "true");
    else field.input.removeAttribute("aria-invalid");
    mark(field, field.changed);
  }

  function reset(field) {
    put(field, field.published);
    const chosen = field.place.querySelector("input[type=file]");
    if (chosen) chosen.value = "";
    field.fault = "";
    blame(field, "");
  }

  // The address of the page

  function state() {
    const query = new URLSearchParams();
    for (const field of fields) if (field.changed || field.fault || figure) query.set(field.name, text(field));
    if (seed && seed.value.trim() !== seed.dataset.published) query.set("reprise-seed", seed.value.trim());
    if (figure) query.set("reprise-figure", figure.value);
    for (const field of fields) if (field.kind === "product" && !text(field)) query.delete(field.name);
    return query;
  }

  function follow() {
    const query = state().toString();
    const address = `${page}${query ? `?${query}` : ""}`;
    if (address.length < 6000) history.replaceState(null, "", `${address}${location.hash}`);
    const number = fields.filter((field) => field.changed).length;
    resetAll.hidden = number === 0 && (!seed || seed.value.trim() === seed.dataset.published);
    form.querySelector("[data-count]").textContent = number ? `${number} changed.` : "";
  }

  // What the server says of it

  function parsed(content) {
    try { return JSON.parse(content); } catch { return content; }
  }

  function product(line) {
    const plain = line.trim().replace(/^https?:\/\/[^/\s]+(?=\/)/, "").replace(/^\/products\//, "");
    const run = /^(?:\/runs\/)?([0-9a-f]{64})[#/]([^\s#/]+)$/i.exec(plain);
    if (run) return { run: run[1], output: run[2] };
    return /^[[{]/.test(plain) ? parsed(plain) : plain;
  }

  function value(field) {
    const content = text(field);
    if (field.kind !== "product") return content.startsWith("{") && field.kind !== "structure" ? parsed(content) : content;
    if (field.input.tagName !== "TEXTAREA" || /^[[{]/.test(content)) return product(content);
    return content.split(/[\s,]+/).filter(Boolean).map(product);
  }

  function request() {
    const parameters = {};
    for (const field of fields) if (text(field) !== "" || field.kind === "string") parameters[field.name] = value(field);
    return { workflow, version: Number(version), parameters, seed: Number(seed?.value) || 0 };
  }

  function say(words, link = "") {
    says.hidden = !words;
    says.replaceChildren(words);
    if (link) says.append(" ", element("a", { href: link }, "See the answer"), ".");
  }

  function cost(plan) {
    if (!plan.missing) {
      const come = figure ? `?${new URLSearchParams({ figure: figure.value })}` : "";
      return say("Known already: answered at once.", `/runs/${plan.want}${come}`);
    }
    const runs = plan.missing > 1 ? `${plan.missing} runs, ` : "";
    const about = plan.in_words
      ? `${plan.is_least ? "at least" : plan.seconds < 1 ? "" : "about"} ${plan.in_words} (median of the last runs)`
      : "nobody has run it before, so nobody knows how long it takes";
    return say(`New: ${runs}${about.trim()}.`);
  }

  async function look() {
    const number = ++asked;
    const query = new URLSearchParams(fields.filter((field) => field.kind !== "product" || text(field)).map((field) => [field.name, text(field)]));
    if (figure) query.set("reprise-figure", figure.value);
    try {
      const answer = await fetch(`/api${page}/form/?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = new Map((await answer.json()).map((item) => [item.name, item]));
      if (number !== asked) return;
      for (const field of fields) {
        const known = told.get(field.name);
        field.changed = known.changed || files(field) || (Boolean(known.fault) && differs(field));
        blame(field, known.fault);
      }
      follow();
      const wrong = fields.filter((field) => field.fault).length;
      if (wrong) return say(wrong > 1 ? `${wrong} fields cannot be read as they stand.` : "One field cannot be read as it stands.");
      if (fields.some(files)) return say("A file of your own is looked at when the form is sent.");
      const plan = await fetch("/api/runs/plan/", {
        method: "POST", body: JSON.stringify(request()),
        headers: { Accept: "application/json", "Content-Type": "application/json" },
      });
      const content = await plan.json();
      if (number !== asked) return;
      if (plan.ok) return cost(content);
      say(content.detail || "It cannot be asked for as it stands.");
    } catch {
      if (number === asked) say(""); // the server is away: sending the form will tell
    }
  }

  function touched(field) {
    if (field) {
      field.fault = "";
      mark(field, differs(field));
    }
    follow();
    clearTimeout(timer);
    asked += 1;
    timer = setTimeout(look, PAUSE);
  }

  // What stands beside a field

  function addReset(field) {
    field.reset = element("button", { type: "button", class: "quiet small", "aria-label": `Reset ${field.name}` }, "reset");
    field.reset.hidden = !field.place.querySelector(".mark .chip");
    field.reset.addEventListener("click", () => {
      reset(field);
      touched(field);
      field.input.focus();
    });
    field.place.querySelector(".head").append(field.reset);
  }

  function addSlider(field) {
    const [low, high] = [Number(field.low), Number(field.high)];
    const whole = field.kind === "integer";
    const step = whole ? 1 : 10 ** Math.floor(Math.log10((high - low) / 200));
    const slider = element("input", { type: "range", min: low, max: high, step, "aria-label": `Slider of ${field.name}`, class: "slide" });
    slider.value = text(field);
    slider.addEventListener("input", () => {
      field.input.value = String(whole ? Math.round(slider.value) : Number(Number(slider.value).toPrecision(6)));
      touched(field);
    });
    field.slider = slider;
    field.place.querySelector(".entry").after(slider);
  }

  function addConverter(field) {
    const line = element("p", { role: "status", class: "converted" });
    const button = element("button", { type: "button", class: "quiet small" }, "as ISO, MJD, JD and IJD");
    button.addEventListener("click", async () => {
      line.replaceChildren();
      try {
        const answer = await fetch(`/api/times/?${new URLSearchParams({ time: text(field) })}`, { headers: { Accept: "application/json" } });
        const found = await answer.json();
        if (!answer.ok) throw new Error(found.detail);
        line.append(`Read as ${found.read_as}: ${found.isot} UTC · MJD ${found.mjd} · JD ${found.jd} · IJD ${found.ijd} (TT). `);
        const use = element("button", { type: "button", class: "quiet" }, "Use it");
        use.addEventListener("click", () => {
          put(field, field.format === "mjd" && field.scale === "utc" ? String(found.mjd) : `${found.isot.replace(/Z$/, "")}Z`);
          touched(field);
        });
        line.append(use);
      } catch (error) {
        line.textContent = error.message || "The time cannot be converted now.";
      }
    });
    field.place.querySelector(".entry").append(button);
    field.place.querySelector(".entry").after(line);
  }

  function finder() {
    const find = form.querySelector("[data-find]");
    const name = form.querySelector("#find-source");
    const line = form.querySelector("#h-find");
    if (!find) return;
    async function lookUp(event) {
      event.preventDefault();
      if (!name.value.trim()) return;
      line.textContent = `Asking where ${name.value.trim()} is…`;
      try {
        const answer = await fetch(`/api/names/?${new URLSearchParams({ name: name.value })}`, { headers: { Accept: "application/json" } });
        const found = await answer.json();
        if (!answer.ok) throw new Error(found.detail);
        if (found.ra === null) throw new Error(`${found.name} is known, but has no position. ${found.note}`);
        fill(found);
        line.textContent = `${found.name}: right ascension ${found.ra}, declination ${found.dec} (degrees, ICRS), resolved by ${found.by}. ${found.note}`.trim();
      } catch (error) {
        line.textContent = error.message || "The name cannot be looked up now.";
      }
    }
    find.addEventListener("click", lookUp);
    name.addEventListener("keydown", (event) => { if (event.key === "Enter") lookUp(event); });
  }

  function fill(found) {
    const known = { RightAscension: found.ra, Declination: found.dec, SourceName: found.name };
    for (const field of fields) {
      if (!(field.term in known)) continue;
      const degrees = field.term !== "SourceName" && field.unit && field.unit !== "deg";
      put(field, degrees ? `${known[field.term]} deg` : String(known[field.term]));
      touched(field);
    }
  }

  for (const field of fields) {
    field.optional = Boolean([...field.place.querySelectorAll(".head .soft")].length);
    field.changed = Boolean(field.place.querySelector(".mark .chip"));
    field.fault = field.place.querySelector(".fault").textContent.trim();
    addReset(field);
    if (field.low !== undefined && field.input.type !== "checkbox" && field.input.tagName === "INPUT") addSlider(field);
    if (field.kind === "time") addConverter(field);
    field.place.addEventListener("input", (event) => { if (event.target !== field.slider) touched(field); });
  }
  seed?.addEventListener("input", () => touched());
  finder();
  keep.hidden = true; // the address follows by itself
  resetAll.addEventListener("click", (event) => {
    event.preventDefault();
    fields.forEach(reset);
    if (seed) seed.value = seed.dataset.published;
    fields.forEach((field) => mark(field, false));
    touched();
  });
  const quiet = fields.every((field) => !field.fault && (field.kind !== "product" || !text(field)));
  if (quiet) timer = setTimeout(look, PAUSE);
})();
