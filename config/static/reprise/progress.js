// While something on the page is still under way, ask the server for the page again and put its
// changed parts in place. The server writes all words; without this script a reload shows the same.
//
// <… data-pending="1">        somewhere on the page: keep asking, every so many seconds
// <… data-live id="…">        a part to replace when it changed
// <… data-reload-when-done>   load the whole page anew once nothing is pending
"use strict";

(() => {
  const pending = (root) => root.querySelector("[data-pending]");
  const count = (root) => root.querySelectorAll("[data-live][id]").length;
  const folds = (part) => [...part.querySelectorAll("details, .scroll")];
  const LONGEST = 15;
  let wait = 0;

  const replace = (fresh) => {
    for (const part of document.querySelectorAll("[data-live][id]")) {
      const other = fresh.getElementById(part.id);
      const busy = part.contains(document.activeElement) && document.activeElement !== document.body;
      if (other === null || busy || other.innerHTML === part.innerHTML) continue;
      const logs = [...part.querySelectorAll("pre")].map((log) => log.scrollTop + log.clientHeight >= log.scrollHeight - 4);
      const before = folds(part).map((fold) => [fold.open, fold.scrollLeft]);
      part.className = other.className;
      part.replaceChildren(...other.childNodes);
      part.querySelectorAll("pre").forEach((log, index) => {
        if (logs[index] !== false) log.scrollTop = log.scrollHeight;
      });
      // What the reader opened stays open, and what was scrolled aside stays there.
      const after = folds(part);
      if (after.length === before.length) after.forEach((fold, index) => {
        if (fold.tagName === "DETAILS") [fold.open] = before[index];
        else [, fold.scrollLeft] = before[index];
      });
    }
  };

  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const mark = pending(fresh);
      const done = mark === null && document.querySelector("[data-reload-when-done]");
      if (done || count(fresh) !== count(document)) return location.reload();
      replace(fresh);
      if (mark === null) return undefined;
      wait = Math.min(Number(mark.dataset.pending) || 2, LONGEST);
    } catch {
      wait = Math.min(wait * 2, LONGEST); // the server is away: ask again, less often
    }
    return later();
  };

  const later = () => setTimeout(() => {
    if (!document.hidden) look();
    else document.addEventListener("visibilitychange", look, { once: true });
  }, wait * 1000);

  const mark = pending(document);
  if (mark !== null) {
    wait = Number(mark.dataset.pending) || 2;
    later();
  }
})();
