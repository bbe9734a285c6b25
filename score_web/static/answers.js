/* Saves each answer as soon as it is given. Without this script the button at the end of the page saves them all.
   What stands beside a statement comes from the server; this script adds only "saving" and why it did not work. */
(function () {
  "use strict";
  var form = document.querySelector("form.answers");
  if (!form || !window.fetch) return;
  var waiting = {}, sending = {}, leaving = false, timer = null;

  function field(name) { return form.elements[name]; }
  function put(id, html) { var place = document.getElementById(id); if (place && place.innerHTML !== html) place.innerHTML = html; }
  function say(id, words, kind) {
    var span = document.createElement("span");
    span.className = "saved " + kind;
    span.textContent = words;
    document.getElementById(id + "-status").replaceChildren(span);
  }
  function statementOf(element) { var box = element.closest("fieldset.statement"); return box && box.id; }
  function showReason(id) {
    var reason = document.getElementById(id + "-reason").closest(".reason");
    reason.classList.remove("if-na");
    reason.hidden = field(id).value !== "na";
  }
  function unsaved() { return Object.keys(waiting).concat(Object.keys(sending)); }

  function body(id) {
    var sent = new URLSearchParams();
    [id + ".seal", id + ".reason", id + ".note", "csrf_token"].forEach(function (name) { sent.append(name, field(name).value); });
    sent.append(id, field(id).value);
    if (field(id + ".discuss").checked) sent.append(id + ".discuss", "1");
    return sent;
  }

  function save(id) {
    waiting[id] = true;
    if (sending[id]) return;
    delete waiting[id];
    sending[id] = true;
    say(id, form.dataset.saving, "not");
    var options = { method: "POST", body: body(id), headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual", keepalive: true };
    fetch(form.action || location.href, options).then(function (response) {
      if (response.type === "opaqueredirect" || response.status === 401) throw new Error(form.dataset.out);
      if (!/json/.test(response.headers.get("Content-Type") || "")) throw new Error(form.dataset.failed);
      return response.json();
    }, function () { retryLater(); throw new Error(form.dataset.offline); }).then(function (answer) {
      delete sending[id];
      if (!answer.answers || answer.error) throw new Error(answer.error || form.dataset.failed);
      if (waiting[id]) { if (!answer.answers[id].conflict) field(id + ".seal").value = answer.answers[id].seal; save(id); return; }
      took(id, answer);
    }).catch(function (problem) {
      delete sending[id];
      waiting[id] = true;
      say(id, problem.message, "bad");
    });
  }

  function took(id, answer) {
    var stored = answer.answers[id];
    field(id + ".seal").value = stored.seal;
    if (stored.conflict) {
      var chosen = form.querySelector('input[name="' + id + '"][value="' + stored.choice + '"]');
      Array.prototype.forEach.call(field(id), function (radio) { radio.checked = radio === chosen; });
      field(id + ".reason").value = stored.reason;
      field(id + ".note").value = stored.note;
      field(id + ".discuss").checked = stored.discuss;
      showReason(id);
    }
    [id + "-status", id + "-said"].concat(["tally", "dock", "total"]).forEach(function (place) { put(place, answer.html[place]); });
  }

  function retryLater() { clearTimeout(timer); timer = setTimeout(retry, 10000); }
  function retry() { clearTimeout(timer); Object.keys(waiting).forEach(save); }

  form.addEventListener("change", function (event) {
    var id = statementOf(event.target);
    if (!id) return;
    showReason(id);
    if (event.target.type === "radio" && event.target.value === "na" && !field(id + ".reason").value) document.getElementById(id + "-reason").focus();
    save(id);
  });
  form.addEventListener("input", function (event) { var id = statementOf(event.target); if (id && event.target.type !== "radio") waiting[id] = true; });
  form.addEventListener("submit", function () { leaving = true; });
  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden" && !leaving) retry(); });
  window.addEventListener("beforeunload", function (event) { if (!leaving && unsaved().length) { event.preventDefault(); event.returnValue = ""; } });
  Array.prototype.forEach.call(form.querySelectorAll("fieldset.statement"), function (box) {
    if (!box.querySelector(".reason.wrong")) showReason(box.id);
  });
})();
