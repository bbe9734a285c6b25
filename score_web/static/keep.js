/* What is typed on a long page that is saved by its button waits in this browser, line by line with the seal it came with, and is
   shown again when the page comes back: after a crash, a lost network, a closed window. It goes when the server has the same.
   The button sends the page when the server can take it: without a network, or while nothing can be stored (503), the page stays,
   says so and is sent by itself later, as single answers are (answers.js). */
(() => {
  "use strict";
  const form = document.querySelector("form[data-keep]"), page = document.currentScript.dataset;
  const store = (() => { try { localStorage.setItem("typed", ""); localStorage.removeItem("typed"); return localStorage; } catch (_) { return null; } })();
  if (!form || !page.person) return;

  let timer = null, button = null, asking = false, sure = false;
  function later() {
    const place = form.querySelector(".dock"), note = place.querySelector("[role=alert].err") || document.createElement("p");
    note.className = "err";
    note.setAttribute("role", "alert");
    note.textContent = page.again;
    place.append(note);
    clearTimeout(timer);
    timer = setTimeout(send, 10000);
  }
  async function send() {
    let status = 0;
    clearTimeout(timer);
    timer = null;
    asking = true;
    try { status = (await fetch("/healthz", { cache: "no-store" })).status; } catch (_) { /* no network */ }
    asking = false;
    if (!status || (status > 501 && status < 505)) return later();
    sure = true;
    if (button) form.requestSubmit(button); else form.requestSubmit();
    sure = false;
  }
  if (form.requestSubmit && window.fetch) {
    form.addEventListener("submit", (event) => {
      if (sure) return;
      event.preventDefault();
      button = event.submitter;
      if (!asking) send();
    });
    form.addEventListener("input", () => { if (timer) later(); }); // not in the middle of a word
    addEventListener("online", () => { if (timer) send(); });
    if ("again" in form.dataset) later();
  }

  if (!store) {
    let typed = false;
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", (event) => { typed = event.defaultPrevented; });
    addEventListener("beforeunload", (event) => { if (typed) { event.preventDefault(); event.returnValue = ""; } });
    return;
  }
  const lines = Array.from(form.querySelectorAll(form.dataset.keep));
  const key = (line) => "typed/" + page.person + location.pathname.slice(3) + "#" + lines.indexOf(line);
  const controls = (line) => Array.from(line.querySelectorAll("input[name], textarea[name]"));
  const chosen = (e) => e.type === "radio" || e.type === "checkbox";
  const fields = (line) => new URLSearchParams(controls(line).filter((e) => !chosen(e) || e.checked).map((e) => [e.name, e.value]));
  const differs = (e) => e.type !== "hidden" && (chosen(e) ? e.checked !== e.defaultChecked : e.value !== e.defaultValue);
  function show(line, kept) {
    controls(line).forEach((e) => {
      if (chosen(e)) e.checked = kept.getAll(e.name).includes(e.value);
      else if (e.type !== "hidden") e.value = kept.get(e.name);
      if (e.value && !chosen(e) && e.closest("details")) e.closest("details").open = true;
    });
  }
  function keep(event) {
    const line = event.target.closest(form.dataset.keep);
    try { if (line) { store.setItem(key(line), fields(line)); store.setItem("since/" + key(line), Date.now()); } } catch (_) { /* full or forbidden: the button saves as ever */ }
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  if ("unsaved" in form.dataset) return; // the answer to a form that was sent: it shows what was typed, not what is stored
  lines.filter((line) => store.getItem(key(line))).forEach((line) => {
    const seal = line.querySelector("[name$='.seal']"), kept = new URLSearchParams(store.getItem(key(line)));
    show(line, kept);
    if (!controls(line).some(differs)) return store.removeItem(key(line));
    seal.value = kept.get(seal.name);
    document.getElementById("kept").hidden = false;
  });
})();
