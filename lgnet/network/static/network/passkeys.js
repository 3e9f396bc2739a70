// Passkeys and security keys: the browser asks the device for a credential, then the form is sent with it.
(function () {
  "use strict";

  // What the server wants of the device: fetched when signing in, printed in the page otherwise.
  async function wanted(form) {
    if (form.dataset.passkey === "login") {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return (await answer.json()).request_options;
    }
    const data = JSON.parse(document.getElementById("passkey-options").textContent);
    if (form.dataset.passkey === "get") return data.request_options;
    const alone = form.elements.passwordless && form.elements.passwordless.checked;
    Object.assign(data.creation_options.publicKey.authenticatorSelection, alone
      ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
      : { residentKey: "discouraged", requireResidentKey: false });
    return data.creation_options;
  }

  async function send(form, button, failed) {
    failed.hidden = true;
    button.disabled = true;
    try {
      const options = await wanted(form);
      const credential = await (form.dataset.passkey === "create" ? webauthnJSON.create(options) : webauthnJSON.get(options));
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
      button.focus();
    }
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const button = form.querySelector("button[type=submit]");
    if (!window.isSecureContext || !webauthnJSON.supported()) {
      form.querySelector("[data-passkey-missing]").hidden = false;
      button.disabled = true;
      return;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, button, form.querySelector("[data-passkey-failed]"));
    });
    window.addEventListener("pageshow", () => { button.disabled = false; }); // also when coming back to this page
  });
})();
