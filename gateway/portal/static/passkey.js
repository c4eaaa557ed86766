// Browsers offer passkeys only to scripts: the form holds the options of the call, and takes its answer.
const form = document.querySelector("form[data-passkey]");
const failed = document.getElementById("passkey-failed");

async function answer() {
  const options = JSON.parse(form.dataset.options);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function ask() {
  failed.hidden = true;
  try {
    const found = await answer();
    form.elements.credential.value = JSON.stringify(found.toJSON());
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
// A page that the browser kept has a challenge that may be spent.
addEventListener("pageshow", (event) => event.persisted && location.reload());
if ("atOnce" in form.dataset) ask();
