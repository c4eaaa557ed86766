// Keeps a page up to date. It fetches only what must disappear; what is new is offered.
if (document.body.dataset.live) {
  const kept = "carnet-live-fetched";
  const most = 10;
  const soon = 2000;
  const says = document.querySelector("[data-live-says]");
  let source;

  // Whatever the page says then, it does not fetch itself without end.
  const isAgain = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const fetched = isAgain ? Number(sessionStorage.getItem(kept)) : 0;

  function close() {
    source?.close();
    source = undefined;
  }

  function offer() {
    if (says.hasChildNodes()) return;
    says.append(document.querySelector("#live-offer").content.cloneNode(true));
    says.querySelector("a").href = location.href.split("#")[0];
  }

  // The answer to a form is not fetched again: its address leads to the page that has the form.
  function reload() {
    if (document.querySelector("form[data-sent]")) location.replace(location.href);
    else location.reload();
  }

  function fetchAnew() {
    close();
    if (fetched >= most) return offer();
    sessionStorage.setItem(kept, fetched + 1);
    setTimeout(reload, fetched ? soon : 0);
  }

  function open() {
    // A hidden window needs no connection, of which a browser has few; it asks once it is seen again.
    if (source || document.hidden) return;
    source = new EventSource(document.body.dataset.live);
    source.addEventListener("gone", fetchAnew);
    source.addEventListener("ended", fetchAnew);
    source.addEventListener("new", offer);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
}
