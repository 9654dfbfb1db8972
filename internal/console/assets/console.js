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
  document.querySelectorAll("[data-avec-script]").forEach(function (note) { note.hidden = false; });
  // Everything is found from the keyboard: / or Ctrl-K, then arrows and Enter.
  var everywhere = document.getElementById("partout");
  document.addEventListener("keydown", function (event) {
    if (!everywhere) return;
    var typing = event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.key === "/" && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")) {
      event.preventDefault();
      everywhere.focus();
      everywhere.select();
      return;
    }
    var form = event.target.closest(".partout");
    if (!form) return;
    if (event.key === "Escape") {
      document.getElementById("trouvailles").textContent = "";
      everywhere.focus();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    var stops = [everywhere].concat(Array.from(form.querySelectorAll(".trouvailles a")));
    var next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.max(0, Math.min(next, stops.length - 1))].focus();
  });
  // A page that takes its time shows the places of what it will say.
  function attend() {
    var main = document.querySelector("main");
    var timer = setTimeout(function () { main.classList.add("attend"); main.setAttribute("aria-busy", "true"); }, 350);
    window.addEventListener("pageshow", function () { clearTimeout(timer); main.classList.remove("attend"); main.removeAttribute("aria-busy"); }, { once: true });
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='/']");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.hasAttribute("download") || link.target || /\.\w{2,4}(\?|$)/.test(link.getAttribute("href"))) return;
    attend();
  });
  document.addEventListener("submit", function (event) {
    if (event.target.method === "get" && !event.defaultPrevented) attend();
  });
  // A file may be dropped on the form that takes it.
  ["dragover", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var zone = event.target.closest && event.target.closest("[data-depot]");
      if (!zone) return;
      if (name !== "dragleave") event.preventDefault();
      zone.classList.toggle("dessus", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) zone.querySelector("input[type=file]").files = event.dataTransfer.files;
    });
  });
  // A form that takes its time shows how far it is. The answer names the next
  // page, or is this one with what has to be mended.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset.progres || event.defaultPrevented) return;
    event.preventDefault();
    if (form.dataset.parti) return;
    form.dataset.parti = "oui";
    var shown = form.querySelector("[data-avancement]");
    var bar = shown.querySelector("progress");
    var text = shown.querySelector("p");
    var request = new XMLHttpRequest();
    function fail(reason) {
      delete form.dataset.parti;
      bar.hidden = true;
      text.textContent = reason;
    }
    shown.hidden = false;
    bar.hidden = false;
    bar.removeAttribute("value");
    text.textContent = form.dataset.progres;
    request.upload.onprogress = function (e) {
      if (!e.lengthComputable || !form.querySelector("input[type=file]")) return;
      if (e.loaded === e.total) {
        bar.removeAttribute("value");
        text.textContent = "Lecture du fichier";
        return;
      }
      bar.value = 100 * e.loaded / e.total;
      text.textContent = form.dataset.progres + " : " + Math.round(bar.value) + " %";
    };
    request.onload = function () {
      var next = request.getResponseHeader("HX-Redirect");
      if (next) { window.location.assign(next); return; }
      var main = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
      if (!main) { fail("Le serveur n’a pas répondu comme prévu : rechargez la page pour savoir où vous en êtes."); return; }
      document.querySelector("main").replaceWith(main);
      main.focus();
    };
    request.onerror = function () { fail("La liaison avec le serveur est coupée : vérifiez-la, puis réessayez."); };
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(form));
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
