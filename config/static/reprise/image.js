// Images of the sky: <figure id="sky"> holds a picture made by the service, which is complete as it
// is. With scripts its pixels come as numbers: colours and stretch change at once, it zooms and
// pans, tells value and position under the cursor, and blinks with a second image. Whatever needs
// astronomy (grids, contours, positions, exact values) is asked of the service.
"use strict";

(() => {
  const figure = document.getElementById("sky");
  const form = document.getElementById("sky-form");
  if (!figure || !form) return;
  const { base, query } = figure.dataset;
  const SVG = "http://www.w3.org/2000/svg";
  const WIDE = 1000;
  const BINS = 16384;
  const LABEL = 17;
  const STRETCH = {
    linear: (t) => t,
    log: (t) => Math.log1p(1000 * t) / Math.log1p(1000),
    sqrt: Math.sqrt,
    asinh: (t) => Math.asinh(10 * t) / Math.asinh(10),
  };
  const INVERSE = {
    linear: (s) => s,
    log: (s) => Math.expm1(s * Math.log1p(1000)) / 1000,
    sqrt: (s) => s * s,
    asinh: (s) => Math.sinh(s * Math.asinh(10)) / 10,
  };
  // ICRS to Galactic: The Hipparcos and Tycho Catalogues (ESA SP-1200), vol. 1, equation 1.5.11.
  const GALACTIC = [
    [-0.0548755604, -0.8734370902, -0.4838350155],
    [0.4941094279, -0.444829630, 0.7469822445],
    [-0.8676661490, -0.1980763734, 0.4559837762],
  ];
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const field = document.getElementById("sky-field");
  const plot = field.querySelector(".sky-plot");
  const readout = document.getElementById("sky-readout");
  const canvas = document.createElement("canvas");
  const control = (name) => form.elements.namedItem(name);
  const layers = []; // what is drawn: pixels, limits, an off-screen canvas and how opaque it is
  let about = null; // what image.json says
  let view = null; // the part that is shown, in units of the picture
  let cursor = null; // a pixel chosen by keys, from 1
  let mark = null;

  async function get(url, kind) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return response[kind]();
  }

  // ---- values to colours

  function limitsOf(layer) {
    const low = parseFloat(control("min").value);
    const high = parseFloat(control("max").value);
    const how = control("limits").value;
    if (how === "own" && low < high) return [low, high];
    return layer.limits[how] || layer.limits.percent;
  }

  // For each of 16,384 equal steps between the limits the share of the colour map, 0 to 1.
  function shares(layer, [low, high], how) {
    const found = new Float32Array(BINS);
    if (how !== "histogram") {
      const bend = STRETCH[how] || STRETCH.linear;
      for (let i = 0; i < BINS; i++) found[i] = bend(i / (BINS - 1));
      return found;
    }
    const scale = BINS / (high - low);
    let all = 0;
    for (const value of layer.values) {
      const bin = Math.floor((value - low) * scale);
      if (bin >= 0 && bin < BINS) { found[bin] += 1; all += 1; }
    }
    for (let i = 0, sum = 0; i < BINS; i++) { sum += found[i]; found[i] = all ? sum / all : 0; }
    return found;
  }

  function tableOf(name) {
    const hex = about.maps[name] || about.maps.viridis;
    const table = new Uint32Array(256);
    for (let i = 0; i < 256; i++) {
      const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.substr(6 * i + at, 2), 16));
      table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
    }
    return table;
  }

  function colour(layer) {
    const { columns, rows } = about;
    const [low, high] = layer.shown = limitsOf(layer);
    const share = layer.shares = shares(layer, layer.shown, control("stretch").value);
    const map = tableOf(control("map").value);
    const colours = new Uint32Array(BINS);
    for (let i = 0; i < BINS; i++) colours[i] = map[Math.round(share[i] * 255)];
    const context = layer.canvas.getContext("2d");
    const picture = context.createImageData(columns, rows);
    const out = new Uint32Array(picture.data.buffer);
    const scale = (BINS - 1) / (high - low);
    for (let row = 0; row < rows; row++) {
      const from = (rows - 1 - row) * columns; // rows come from the bottom
      for (let column = 0; column < columns; column++) {
        const value = layer.values[from + column];
        if (value !== value) continue; // blank
        const bin = Math.min(BINS - 1, Math.max(0, Math.round((value - low) * scale)));
        out[row * columns + column] = colours[bin];
      }
    }
    context.putImageData(picture, 0, 0);
  }

  function drawBar() {
    const bar = document.getElementById("sky-bar");
    const strip = document.createElement("canvas");
    strip.width = 256;
    strip.height = 1;
    const context = strip.getContext("2d");
    const picture = context.createImageData(256, 1);
    new Uint32Array(picture.data.buffer).set(tableOf(control("map").value));
    context.putImageData(picture, 0, 0);
    bar.src = strip.toDataURL();
    const [low, high] = layers[0].shown;
    const how = control("stretch").value;
    const ticks = [...document.getElementById("sky-ticks").children];
    const texts = ticks.map((tick, i) => {
      const s = i / (ticks.length - 1);
      let t = INVERSE[how] ? INVERSE[how](s) : layers[0].shares.findIndex((one) => one >= s - 1e-6) / (BINS - 1);
      if (s === 1) t = 1;
      return String(Number((low + t * (high - low)).toPrecision(4)));
    });
    ticks.forEach((tick, i) => { tick.textContent = texts[i]; });
    bar.alt = `Colours from ${texts[0]} to ${texts.at(-1)}`;
    document.getElementById("sky-stretch").textContent = how;
  }

  function draw() {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [wide, high] = [field.clientWidth * ratio, field.clientHeight * ratio].map(Math.round);
    if (canvas.width !== wide || canvas.height !== high) { canvas.width = wide; canvas.height = high; }
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.clearRect(0, 0, wide, high);
    const [across, up] = [about.width / about.factor, about.height / about.factor];
    const top = about.rows - up; // the uppermost pixels may stand for fewer rows than the others
    const [x, y] = [(view.x / WIDE) * across, (view.y / about.high) * up + top];
    const [w, h] = [(view.w / WIDE) * across, (view.h / about.high) * up];
    for (const layer of layers) {
      if (!layer.opacity) continue;
      context.globalAlpha = layer.opacity;
      context.drawImage(layer.canvas, x, y, w, h, 0, 0, wide, high);
    }
  }

  function recolour() {
    layers.forEach(colour);
    drawBar();
    draw();
    const address = new URL(location.href);
    for (const name of ["map", "stretch", "limits", "min", "max"]) {
      const own = name === "min" || name === "max";
      if (own && control("limits").value !== "own") address.searchParams.delete(name);
      else address.searchParams.set(name, control(name).value);
    }
    history.replaceState(null, "", address);
  }

  // ---- where a point is

  function pixelAt(event) {
    const box = field.getBoundingClientRect();
    const u = view.x + ((event.clientX - box.left - field.clientLeft) / field.clientWidth) * view.w;
    const v = view.y + ((event.clientY - box.top - field.clientTop) / field.clientHeight) * view.h;
    return { u, v, x: (u / WIDE) * about.width, y: (1 - v / about.high) * about.height };
  }

  // The position of a point x, y from the lower left corner: between four nodes of the table.
  function positionAt(x, y) {
    const { sky } = about;
    if (!sky) return null;
    const last = sky.nodes - 1;
    const [gx, gy] = [(x / about.width) * last, (y / about.height) * last];
    const [i, j] = [gx, gy].map((g) => Math.min(last - 1, Math.max(0, Math.floor(g))));
    const sum = [0, 0, 0];
    for (const [di, dj] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const weight = (di ? gx - i : 1 - gx + i) * (dj ? gy - j : 1 - gy + j);
      for (let k = 0; k < 3; k++) {
        const part = sky.vectors[3 * ((j + dj) * sky.nodes + i + di) + k];
        if (part === null) return null;
        sum[k] += weight * part;
      }
    }
    return { icrs: angles(sum), galactic: angles(GALACTIC.map((row) => row.reduce((s, c, k) => s + c * sum[k], 0))) };
  }

  function angles([x, y, z]) {
    const degrees = 180 / Math.PI;
    return [(Math.atan2(y, x) * degrees + 360) % 360, Math.atan2(z, Math.hypot(x, y)) * degrees];
  }

  function parts(value, places, marks) {
    const ticks = Math.round(value * 3600 * 10 ** places);
    const seconds = Math.floor(ticks / 10 ** places);
    const two = (n) => String(n).padStart(2, "0");
    const rest = String(ticks % 10 ** places).padStart(places, "0");
    return `${two(Math.floor(seconds / 3600))}${marks[0]}${two(Math.floor(seconds / 60) % 60)}${marks[1]}${two(seconds % 60)}.${rest}${marks[2]}`;
  }

  function sexagesimal([ra, dec]) {
    return `${parts(ra / 15, 2, "ʰᵐˢ")} ${dec < 0 ? "−" : "+"}${parts(Math.abs(dec), 1, "°′″")}`;
  }

  function tell(x, y) {
    if (x < 0 || y < 0 || x >= about.width || y >= about.height) return;
    const at = Math.floor(y / about.factor) * about.columns + Math.floor(x / about.factor);
    const where = positionAt(x, y);
    const value = (layers.find((layer) => layer.opacity > 0.5) || layers[0]).values[at];
    const shown = value === value ? `${Number(value.toPrecision(6))} ${about.unit}`.trim() : "blank";
    const mean = about.factor > 1 ? ` (of ${about.factor} × ${about.factor} pixels)` : "";
    const place = where
      ? ` at ${sexagesimal(where.icrs)} (RA ${where.icrs[0].toFixed(5)}°, Dec ${where.icrs[1].toFixed(5)}°; l ${where.galactic[0].toFixed(5)}°, b ${where.galactic[1].toFixed(5)}°)`
      : "";
    readout.textContent = `Pixel (${Math.floor(x) + 1}, ${Math.floor(y) + 1}): ${shown}${mean}${place}`;
  }

  let asked = 0;
  async function tellExactly(x, y) {
    const own = ++asked;
    point(x, y);
    try {
      const told = await get(`${base}/image/value?${query}&x=${x}&y=${y}`, "json");
      if (own !== asked) return;
      const value = told.value === null ? "blank" : `exactly ${told.value} ${told.unit}`.trim();
      const place = told.position ? ` at ${told.position} (RA ${told.ra}°, Dec ${told.dec}°; l ${told.l}°, b ${told.b}°)` : "";
      readout.textContent = `Pixel (${x}, ${y}): ${value}${place}`;
    } catch (error) {
      readout.textContent = `The exact value could not be asked for (${error.message}).`;
    }
  }

  function point(x, y) {
    if (!mark) {
      mark = document.createElementNS(SVG, "g");
      mark.setAttribute("class", "sky-regions");
      mark.append(document.createElementNS(SVG, "path"));
      plot.append(mark);
    }
    const u = ((x - 0.5) / about.width) * WIDE;
    const v = about.high * (1 - (y - 0.5) / about.height);
    const s = (14 * view.w) / WIDE;
    mark.firstChild.setAttribute("d", `M${u - s} ${v}h${0.7 * s}m${0.6 * s} 0h${0.7 * s}M${u} ${v - s}v${0.7 * s}m0 ${0.6 * s}v${0.7 * s}`);
  }

  // ---- moving about

  let waiting = 0;
  function show(next) {
    const least = Math.max(0.5, (WIDE * 8) / about.width);
    const w = Math.min(WIDE, Math.max(least, next.w));
    const h = (w / WIDE) * about.high;
    const within = (at, size, all) => Math.min(all - size, Math.max(0, at));
    view = { x: within(next.x, w, WIDE), y: within(next.y, h, about.high), w, h };
    plot.setAttribute("viewBox", `${view.x} ${view.y} ${w} ${h}`);
    field.style.touchAction = w < WIDE ? "none" : "pan-y";
    const size = w / WIDE;
    plot.querySelectorAll("circle.dot").forEach((dot) => {
      dot.dataset.r = dot.dataset.r || dot.getAttribute("r");
      dot.setAttribute("r", dot.dataset.r * size);
    });
    plot.querySelectorAll(".sky-labels, .sky-regions").forEach((layer) => { layer.style.fontSize = `${LABEL * size}px`; });
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(fetchGrid, 150);
  }

  async function fetchGrid() {
    const grid = plot.querySelector(".sky-grid path");
    const labels = plot.querySelector(".sky-labels");
    if (!grid || !labels) return;
    const box = [view.x, view.y, view.x + view.w, view.y + view.h].map((one) => one.toFixed(3)).join(",");
    try {
      const found = await get(`${base}/image/grid?${query}&axes=${figure.dataset.axes}&box=${box}`, "json");
      grid.setAttribute("d", found.path);
      labels.replaceChildren(...found.labels.map(([text, u, v, edge]) => {
        const label = document.createElementNS(SVG, "text");
        label.setAttribute("class", `at-${edge}`);
        label.setAttribute("x", u);
        label.setAttribute("y", v);
        label.textContent = text;
        return label;
      }));
    } catch { /* the lines that are there stay */ }
  }

  function zoom(times, at) {
    const u = at ? at.u : view.x + view.w / 2;
    const v = at ? at.v : view.y + view.h / 2;
    const w = Math.min(WIDE, view.w / times);
    const share = w / view.w;
    show({ x: u - (u - view.x) * share, y: v - (v - view.y) * share, w });
  }

  const pointers = new Map();
  let moved = 0;

  function onMove(event) {
    const before = pointers.get(event.pointerId);
    if (!before) {
      const { x, y } = pixelAt(event);
      tell(x, y);
      return;
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
    if (others.length) {
      const far = (one) => Math.hypot(one.clientX - others[0].clientX, one.clientY - others[0].clientY);
      if (far(before) > 0) zoom(far(event) / far(before), pixelAt(others[0]));
      moved = 99;
    } else {
      const dx = event.clientX - before.clientX;
      const dy = event.clientY - before.clientY;
      moved += Math.abs(dx) + Math.abs(dy);
      if (view.w < WIDE) show({ x: view.x - (dx / field.clientWidth) * view.w, y: view.y - (dy / field.clientHeight) * view.h, w: view.w });
    }
    pointers.set(event.pointerId, { clientX: event.clientX, clientY: event.clientY });
  }

  function onUp(event) {
    if (!pointers.delete(event.pointerId) || event.type !== "pointerup" || moved > 6) return;
    const { x, y } = pixelAt(event);
    if (x >= 0 && y >= 0 && x < about.width && y < about.height) {
      cursor = [Math.floor(x) + 1, Math.floor(y) + 1];
      tellExactly(...cursor);
    }
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (steps && event.shiftKey) {
      show({ x: view.x + (steps[0] * view.w) / 8, y: view.y - (steps[1] * view.h) / 8, w: view.w });
    } else if (steps) {
      const middle = [(view.x + view.w / 2) / WIDE * about.width, (1 - (view.y + view.h / 2) / about.high) * about.height];
      const [x, y] = cursor || middle.map((one) => Math.floor(one) + 1);
      const step = Math.max(1, about.factor);
      cursor = [Math.min(about.width, Math.max(1, x + steps[0] * step)), Math.min(about.height, Math.max(1, y + steps[1] * step))];
      point(...cursor);
      tell(cursor[0] - 0.5, cursor[1] - 0.5);
    } else if (event.key === "Enter" && cursor) tellExactly(...cursor);
    else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") show({ x: 0, y: 0, w: WIDE });
    else if (event.key === "b" && layers[1]) swap();
    else return;
    event.preventDefault();
  }

  // ---- two images

  let timer = 0;
  function fade(share) {
    layers[1].opacity = share;
    document.getElementById("sky-fade").value = share;
    document.getElementById("sky-shown").textContent = share > 0.5 ? figure.dataset.otherName : "the first image";
    draw();
  }

  function swap() {
    fade(layers[1].opacity > 0.5 ? 0 : 1);
  }

  function blink(button) {
    if (calm) { swap(); return; }
    clearInterval(timer);
    timer = timer ? 0 : setInterval(swap, 700);
    button.setAttribute("aria-pressed", String(Boolean(timer)));
    if (timer) swap();
  }

  // ---- tools

  function make(tag, given, ...inside) {
    const made = Object.assign(document.createElement(tag), given);
    made.append(...inside);
    return made;
  }

  function addTools() {
    const tools = make("div", { className: "sky-tools" });
    const add = (text, label, act) => {
      const button = make("button", { type: "button", ariaLabel: label }, text);
      button.addEventListener("click", () => act(button));
      tools.append(button);
      return button;
    };
    add("+", "Zoom in", () => zoom(1.5));
    add("−", "Zoom out", () => zoom(1 / 1.5));
    add("Whole image", "Show the whole image", () => show({ x: 0, y: 0, w: WIDE }));
    for (const [name, text] of [["grid", "axes"], ["contours", "contours"], ["regions", "regions"], ["sources", "catalogue"]]) {
      const drawn = plot.querySelectorAll(name === "grid" ? ".sky-grid, .sky-labels" : `.sky-${name}`);
      if (!drawn.length) continue;
      const box = make("input", { type: "checkbox", checked: true });
      box.addEventListener("change", () => drawn.forEach((layer) => layer.toggleAttribute("hidden", !box.checked)));
      tools.append(make("label", {}, box, text));
    }
    if (layers[1]) {
      add("Blink", "Blink the two images", blink).setAttribute("aria-pressed", "false");
      const slider = make("input", { type: "range", id: "sky-fade", min: 0, max: 1, step: 0.02, value: 0 });
      slider.addEventListener("input", () => fade(Number(slider.value)));
      tools.append(make("label", {}, "fade", slider), make("span", { id: "sky-shown", className: "small soft" }, "the first image"));
      document.getElementById("sky-other").hidden = true;
    }
    readout.after(tools, make("p", { className: "small soft" }, "Click for the exact value. Wheel after a click, pinch, or + and − zoom; dragging pans; arrow keys move a cross and Enter asks for its value; 0 shows all" + (layers[1] ? "; b blinks." : ".")));
  }

  async function load(url, search, opacity) {
    const [described, bytes] = await Promise.all([get(`${url}/image.json?${search}`, "json"), get(`${url}/image.bin?${search}`, "arrayBuffer")]);
    return { described, opacity, limits: described.limits, values: new Float32Array(bytes), canvas: document.createElement("canvas") };
  }

  async function start() {
    const wanted = [load(base, query, 1)];
    if (figure.dataset.other) wanted.push(load(figure.dataset.other, figure.dataset.otherQuery, 0));
    layers.push(...await Promise.all(wanted));
    about = layers[0].described;
    for (const layer of layers) {
      if (layer.values.length !== about.columns * about.rows) throw new Error("the pixels are not as many as they should be");
      layer.canvas.width = about.columns;
      layer.canvas.height = about.rows;
    }
    field.prepend(canvas);
    figure.classList.add("sky-live");
    field.tabIndex = 0;
    field.setAttribute("role", "group");
    field.setAttribute("aria-label", "Image; its keys are told below it");
    addTools();
    layers.forEach(colour);
    view = { x: 0, y: 0, w: WIDE, h: about.high };
    draw();
    field.addEventListener("pointermove", onMove);
    field.addEventListener("pointerdown", (event) => {
      moved = 0;
      pointers.set(event.pointerId, { clientX: event.clientX, clientY: event.clientY });
      if (event.pointerType === "mouse") field.setPointerCapture(event.pointerId);
    });
    for (const name of ["pointerup", "pointercancel"]) field.addEventListener(name, onUp);
    field.addEventListener("keydown", onKey);
    field.addEventListener("wheel", (event) => {
      if (document.activeElement !== field && !event.ctrlKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.25 : 0.8, pixelAt(event));
    }, { passive: false });
    for (const name of ["map", "stretch", "limits"]) control(name).addEventListener("change", recolour);
    for (const name of ["min", "max"]) {
      control(name).addEventListener("change", () => {
        if (control("min").value && control("max").value) control("limits").value = "own";
        recolour();
      });
    }
    new ResizeObserver(draw).observe(field);
    figure.dataset.ready = "yes";
  }

  start().catch((error) => {
    figure.classList.remove("sky-live");
    canvas.remove();
    readout.textContent = `The live view could not be shown (${error.message}). The picture is complete.`;
  });
})();
