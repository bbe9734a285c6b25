/* Saves each answer as soon as it is given. Without this script the button at the end of the page saves them all.
   What is not saved yet waits in this browser, one entry for each person, theme and statement: exactly the fields to be sent.
   It is sent when the network or the person comes back, and deleted once the server has it and when that person signs out here or closes the account.
   Who was signed out from elsewhere finds it again; nobody else does. Beside it stands since when it waits, see lapse.js.
   What stands beside a statement comes from the server; this script adds only "saving" and why it did not work. */
(() => {
  "use strict";
  const page = document.currentScript.dataset, mine = "unsaved/" + page.person;
  const lang = location.pathname.slice(0, 3), here = location.pathname.slice(3);
  const form = document.querySelector("form.answers[data-saving]"), left = document.getElementById("unsaved");
  const tokens = document.querySelectorAll("[name=csrf_token]");
  if (!window.fetch || !window.FormData || !page.person) return;
  const dirty = {}, sending = {};
  let token = tokens.length ? tokens[0].value : "", timer = null, leaving = false;

  /* The entries that wait: "unsaved/<person><address of the theme>#<statement>" holds the fields. */
  const store = (() => { try { localStorage.setItem("unsaved", ""); localStorage.removeItem("unsaved"); return localStorage; } catch (_) { return null; } })();
  const key = (address, id) => mine + address + "#" + id;
  const entries = () => Object.keys(store || {}).filter((name) => name.startsWith(mine + "/"));
  const keep = (name, fields) => { try { store.setItem(name, fields); store.setItem("since/" + name, Date.now()); } catch (_) { /* full */ } };
  const drop = (name) => { store.removeItem(name); store.removeItem("since/" + name); };
  const forget = (name, fields) => { if (store && store.getItem(name) === fields) drop(name); };

  /* Promises the server's answer, or throws the words to be shown. An old token is renewed once, for the same person only. */
  async function send(address, fields, renewed) {
    const body = new URLSearchParams(fields), words = form ? form.dataset : {};
    body.append("csrf_token", token);
    let response;
    try {
      response = await fetch(lang + address, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", keepalive: document.visibilityState === "hidden",
      });
    } catch (_) { later(); throw store ? words.offline : words.unkept; }
    if (response.type === "opaqueredirect" || response.status === 401) throw words.out;
    if (response.status === 503) later(); /* the database or the disk takes nothing just now: the entry waits, and is sent again by itself */
    if (!/json/.test(response.headers.get("Content-Type") || "")) throw words.failed;
    const answer = await response.json();
    if (answer.csrf_token && !renewed) {
      if (String(answer.person) !== page.person) throw words.other;
      token = answer.csrf_token;
      tokens.forEach((field) => { field.value = token; });
      return send(address, fields, true);
    }
    if (answer.error || !answer.answers) throw answer.error || words.failed;
    return answer;
  }

  /* Other themes, and pages that only list them: send what waits; what cannot be saved by itself is named with a way to it. */
  async function flush() {
    const themes = {};
    entries().forEach((name) => {
      const [address, id] = name.slice(mine.length).split("#");
      if (!form || address !== here) (themes[address] = themes[address] || {})[id] = store.getItem(name);
    });
    for (const [address, kept] of Object.entries(themes)) {
      try {
        const answer = await send(address, Object.values(kept).join("&"));
        for (const id in kept) if (!answer.answers[id].conflict) { forget(key(address, id), kept[id]); delete kept[id]; }
      } catch (_) { /* it waits on */ }
    }
    if (left) tell(Object.entries(themes).filter(([, kept]) => Object.keys(kept).length));
  }
  function tell(themes) {
    left.hidden = !themes.length;
    left.querySelector("ul").replaceChildren(...themes.map(([address, kept]) => {
      const item = document.createElement("li"), link = document.createElement("a"), ids = Object.keys(kept).sort();
      link.href = lang + address + "#" + ids[0];
      link.textContent = ids.join(", ");
      item.append(link);
      return item;
    }));
  }
  function warn(where, words) {
    const place = where.querySelector(".dock") || where, note = place.querySelector("[role=alert].err") || document.createElement("p");
    note.className = "err";
    note.setAttribute("role", "alert");
    note.textContent = words;
    place.append(note);
  }
  const typed = () => Object.keys(store || {}).filter((name) => name.startsWith("typed/" + page.person + "/")); // see keep.js
  const wipe = () => [...entries(), ...typed()].forEach(drop);
  if (left) left.querySelector("button").addEventListener("click", () => { wipe(); tell([]); });
  const ways = ["sign-out", "devices/end-all", "close"].map((end) => `form[action$='/accounts/${end}']`);
  document.querySelectorAll(ways).forEach((out) => out.addEventListener("submit", (event) => {
    if (out.dataset.told || !(entries().length + typed().length)) { wipe(); return; }
    event.preventDefault(); /* said on the page and not in a dialogue, which a web view may suppress */
    out.dataset.told = "1";
    warn(out, page.leaving);
  }));
  /* Without a network the browser would put its own page in the place of ours, and with it what is typed here. */
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.method !== "post" || event.target.dataset.keep) return; /* keep.js sends those again */
    event.preventDefault();
    event.stopPropagation();
    warn(event.target, event.target === form && store ? form.dataset.offline : page.offline);
  }, true);

  function later() { clearTimeout(timer); timer = setTimeout(retry, 10000); }
  function retry() { clearTimeout(timer); Object.keys(dirty).forEach(save); flush(); }
  addEventListener("online", retry);
  if (!form) { flush(); return; }

  const box = (id) => document.getElementById(id);
  const idOf = (element) => { const set = element.closest("fieldset.statement"); return set && set.id; };
  const controls = (id) => Array.from(box(id).elements).filter((e) => e.name === id || e.name.startsWith(id + "."));
  function fieldsOf(id) {
    const fields = new URLSearchParams();
    controls(id).forEach((e) => { if (!/radio|checkbox/.test(e.type) || e.checked) fields.append(e.name, e.value); });
    return fields.toString();
  }
  function fill(id, value) {
    controls(id).forEach((e) => {
      const wanted = value(e.name);
      if (e.type === "radio") e.checked = e.value === wanted;
      else if (e.type === "checkbox") e.checked = !!wanted;
      else e.value = wanted || "";
      if (e.value && e.closest("details")) e.closest("details").open = true;
    });
    showReason(id);
  }
  function showReason(id) {
    const reason = box(id + "-reason").closest(".reason");
    reason.classList.remove("if-na");
    reason.hidden = form.elements[id].value !== "na";
  }
  function say(id, words, kind) {
    const span = document.createElement("span");
    span.className = "saved " + kind;
    span.textContent = words;
    box(id + "-status").replaceChildren(span);
  }
  /* The bar never says "saved" while something waits. */
  function count() {
    const waiting = Object.keys(dirty).filter((id) => !sending[id]).length, told = document.querySelector(".dock .err");
    if (!waiting) { if (told) told.remove(); return; }
    let bar = document.querySelector("#dock .saved");
    if (!bar) { bar = document.createElement("span"); box("dock").append(bar); }
    bar.className = "saved bad nowrap";
    bar.textContent = form.dataset.waiting.replace("#", waiting);
  }
  function touch(id) { dirty[id] = true; keep(key(here, id), fieldsOf(id)); }

  async function save(id) {
    if (sending[id]) return;
    const fields = fieldsOf(id);
    touch(id);
    say(id, form.dataset.saving, "not");
    sending[id] = true;
    try {
      const answer = await send(here, fields), stored = answer.answers[id];
      forget(key(here, id), fields);
      if (fieldsOf(id) !== fields) {
        if (!stored.conflict) form.elements[id + ".seal"].value = stored.seal;
        setTimeout(save, 0, id);
      } else took(id, stored, answer.html);
    } catch (words) { say(id, String(words), "bad"); }
    delete sending[id];
    count();
  }
  function took(id, stored, html) {
    delete dirty[id];
    form.elements[id + ".seal"].value = stored.seal;
    if (stored.conflict) fill(id, (name) => stored[name.slice(id.length + 1) || "choice"]);
    [id + "-status", id + "-said", "tally", "dock", "total"].forEach((place) => {
      if (box(place) && box(place).innerHTML !== html[place]) box(place).innerHTML = html[place];
    });
  }

  form.addEventListener("change", (event) => {
    const id = idOf(event.target);
    if (!id) return;
    showReason(id);
    if (event.target.type === "radio" && event.target.value === "na" && !box(id + "-reason").value) box(id + "-reason").focus();
    touch(id);
    save(id);
  });
  form.addEventListener("input", (event) => { if (idOf(event.target)) touch(idOf(event.target)); });
  form.addEventListener("submit", async (event) => {
    if (leaving || !form.requestSubmit || !Object.keys(sending).length) { leaving = true; return; }
    event.preventDefault();  // what is on its way arrives first, or the page would be a second voice against it
    for (let i = 0; i < 30 && Object.keys(sending).length; i++) await new Promise((go) => setTimeout(go, 100));
    leaving = true;
    form.requestSubmit(event.submitter);
  });
  document.addEventListener("visibilitychange", () => { if (!leaving) retry(); });
  addEventListener("beforeunload", (event) => { if (!store && !leaving && Object.keys(dirty).length) { event.preventDefault(); event.returnValue = ""; } });
  addEventListener("pageshow", (event) => { if (event.persisted && store) location.replace(location.pathname); });

  document.querySelectorAll("fieldset.statement").forEach((set) => {
    const kept = store && !("held" in form.dataset) && store.getItem(key(here, set.id));
    if (kept) { const fields = new URLSearchParams(kept); fill(set.id, (name) => fields.get(name)); save(set.id); }
    else if (!set.querySelector(".reason.wrong")) showReason(set.id);
  });
  flush();
})();
