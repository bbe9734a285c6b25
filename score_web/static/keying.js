/* Enter leads to the next entry instead of sending the page. */
(function () {
  "use strict";
  var form = document.querySelector("form.keying");
  if (!form) return;
  var entries = Array.prototype.slice.call(form.querySelectorAll("input.in"));

  form.addEventListener("keydown", function (event) {
    var place = entries.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || place < 0) return;
    event.preventDefault();
    var next = entries[place + 1] || form.querySelector(".dock button");
    next.focus();
    if (next.select) next.select();
  });
})();
