"""Questions to a page, in its own language; each answers with nothing when all is well."""

import json

# A page that breaks its policy twice and complains once; it answers when all of it was noticed.
MISBEHAVE = """new Promise((done) => {
  let seen = 0;
  document.addEventListener('securitypolicyviolation', () => { if (++seen === 2) done(seen); });
  console.error('a fault');
  new Image().src = 'https://example.org/x';
  const script = document.createElement('script');
  script.textContent = '1';
  document.body.append(script);
})"""

# What assistive technology needs first, after WCAG 2.2: 1.1.1, 1.3.1, 2.4.2, 3.1.1, 4.1.2.
STRUCTURE = """(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const name = (e) => e.outerHTML.slice(0, 90);
  const faults = [];
  if (all('h1').length !== 1) faults.push(`${all('h1').length} h1`);
  if (!document.documentElement.lang) faults.push('no language');
  if (!document.title.includes(' · Reprise')) faults.push(`title ${document.title}`);
  if (all('main').length !== 1) faults.push('not one main');
  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) faults.push(`h${level} is followed by ${name(heading)}`);
    level = own;
  }
  for (const e of all('img')) {
    if (!e.alt.trim()) faults.push(`no alt: ${name(e)}`);
    if (!e.naturalWidth && e.loading !== 'lazy') faults.push(`not shown: ${name(e)}`);
  }
  for (const e of all('input:not([type=hidden]), select, textarea, progress'))
    if (!e.labels?.length && !e.ariaLabel) faults.push(`no label: ${name(e)}`);
  for (const e of all('a, button, summary'))
    if (!e.textContent.trim() && !e.ariaLabel && !e.querySelector('img[alt]'))
      faults.push(`no words: ${name(e)}`);
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for'])
    for (const e of all(`[${attribute}]`))
      for (const id of e.getAttribute(attribute).split(' '))
        if (!document.getElementById(id)) faults.push(`${attribute} names nothing: ${name(e)}`);
  const ids = all('[id]').map((e) => e.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at)))
    faults.push(`id twice: ${id}`);
  for (const e of all('th:not(.nb-text *)')) if (!e.scope) faults.push(`no scope: ${name(e)}`);
  return faults;
})()"""

# The page scrolls sideways on a phone, or something sticks out of its frame.
WIDER = """(() => {
  const wide = document.scrollingElement.scrollWidth > 360 ? ['the page'] : [];
  const frames = [...document.querySelectorAll('.mat, .box, .sheet, .card, .stack')];
  const full = frames.filter((e) => e.scrollWidth > e.clientWidth + 1);
  return [...wide, ...full.map((e) => e.outerHTML.slice(0, 90))];
})()"""

# Words whose contrast is below 4.5 : 1, or 3 : 1 for large ones (WCAG 2.2, 1.4.3).
PALE = """(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if ((numbers(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const faults = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    const shown = e.checkVisibility() && e.tagName !== 'NOSCRIPT';
    if (!shown || !texts.currentNode.data.trim()) continue;
    const style = getComputedStyle(e);
    const [low, high] = [luminance(style.color), luminance(behind(e))].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5))
      faults.add(`${ratio.toFixed(2)} ${e.tagName} ${e.className}: ${e.innerText.slice(0, 30)}`);
  }
  return [...faults];
})()"""

# What axe-core calls a violation, an element each; it is put into the page first.
AXE = """axe.run(document, {resultTypes: ['violations'], elementRef: false}).then((found) =>
  found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.impact} ${rule.id}: ${node.html.slice(0, 110)} ` +
    `${node.any.concat(node.all, node.none)[0]?.message ?? ''}`)))"""

FOCUSABLE = (
    "document.querySelectorAll('a, button, input, select, summary, [tabindex=\"0\"]').length"
)

# Bokeh has drawn into the place beside the button; it draws inside shadow roots.
DRAWN = """(() => {
  const deep = (root) => [...root.querySelectorAll('*')].some((e) =>
    (e.tagName === 'CANVAS' && e.width > 100) || (e.shadowRoot && deep(e.shadowRoot)));
  const place = document.querySelector('.plot');
  return place?.checkVisibility() && deep(place) && !document.querySelector('.explore').disabled;
})()"""


def focus(action: str) -> str:
    """What has the focus, whether one can see that it has, and whether it is the action."""
    return f"""(() => {{
      const e = document.activeElement, box = e.getBoundingClientRect();
      let marked = false;
      for (let p = e; p && !marked; p = p.parentElement) {{
        const style = getComputedStyle(p);
        marked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      }}
      const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0;
      return [e.outerHTML.slice(0, 90), marked && inside && box.width > 0,
              e.matches({json.dumps(action)})];
    }})()"""
