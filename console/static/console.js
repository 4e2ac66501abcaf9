// Small conveniences; every page works without them.
(() => {
  "use strict";

  // A sentence about what was just done is shown once: the address forgets it.
  const address = new URL(window.location.href);
  if (address.searchParams.has("done")) {
    address.searchParams.delete("done");
    window.history.replaceState(null, "", address);
  }

  // A file chosen for a text field is read into it, so that it can be seen and corrected before it is sent.
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.dataset.into && input.files.length === 1) {
      const field = document.getElementById(input.dataset.into);
      field.value = await input.files[0].text();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      input.value = "";
    }
    if (input instanceof HTMLSelectElement && input.dataset.submit !== undefined) input.form.requestSubmit();
  });

  // The same form sent elsewhere, for a file to be saved.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send]");
    if (!button) return;
    const form = document.getElementById(button.dataset.send);
    const usual = form.action;
    form.action = button.dataset.to;
    HTMLFormElement.prototype.submit.call(form);
    form.action = usual;
  });

  // A part of a recording: from where the question begins to where the answer ends.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    const player = button && document.getElementById(button.dataset.play);
    if (!player) return;
    const begin = () => {
      player.currentTime = Number(button.dataset.from || 0);
      player.dataset.stopAt = button.dataset.to || "";
      player.play();
    };
    if (player.readyState > 0) return begin();
    player.addEventListener("loadedmetadata", begin, { once: true });
    player.load();
  });
  document.addEventListener(
    "timeupdate",
    ({ target: player }) => {
      if (!player.dataset.stopAt || player.currentTime < Number(player.dataset.stopAt)) return;
      player.pause();
      player.dataset.stopAt = "";
    },
    true,
  );

  // A button that changes something is pressed once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.again !== undefined) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
})();
