const form = document.getElementById("answer");
async function use() {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options));
    const found = await navigator.credentials.get({ publicKey });
    form.elements.credential.value = JSON.stringify(found.toJSON());
    form.submit();
  } catch {
    document.getElementById("failed").hidden = false;
  }
}
document.getElementById("go").addEventListener("click", use);
use();
