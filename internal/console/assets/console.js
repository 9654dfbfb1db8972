// Small comforts; every page works without them.
(function () {
  "use strict";
  // A filter that changes applies at once; its button stays for the keyboard.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-auto]");
    if (form && event.target.tagName === "SELECT") form.requestSubmit();
  });
  // A button that copies what stands beside it.
  document.querySelectorAll("[data-copie]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copie).textContent).then(function () {
        button.textContent = "Copié";
      });
    });
  });
  document.querySelectorAll("[data-imprimer]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  // A form is sent once, however impatient the click.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.parti) { event.preventDefault(); return; }
    form.dataset.parti = "oui";
    window.addEventListener("pageshow", function () { delete form.dataset.parti; });
  });
})();
