/* What waits in this browser (answers.js, keep.js) waits for its owner alone, 30 days at most. Everybody passes the sign-in page by
   then, the owner or whoever uses this browser next: there it goes. */
(() => {
  "use strict";
  const DAYS = 30, now = Date.now();
  try {
    Object.keys(localStorage).forEach((name) => {
      if (/^(unsaved|typed)\//.test(name)) {
        const since = localStorage.getItem("since/" + name);
        if (!since) localStorage.setItem("since/" + name, now);
        else if (now - since > DAYS * 864e5) localStorage.removeItem(name);
      }
    });
    Object.keys(localStorage).forEach((name) => {
      if (name.startsWith("since/") && localStorage.getItem(name.slice(6)) === null) localStorage.removeItem(name);
    });
  } catch (_) { /* a browser that keeps nothing */ }
})();
