// Passkeys on the sign-in page and the account page. Without JavaScript, or without passkeys, both pages offer the rest:
// what is marked data-passkey stays hidden until the browser says that it can.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function ask(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.code), { said: said.detail });
  return said;
}

function packed(made) {
  const response = { clientDataJSON: toText(made.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (made.response[part]) response[part] = toText(made.response[part]);
  return { id: made.id, rawId: toText(made.rawId), type: made.type, response, clientExtensionResults: {} };
}

async function add(form) {
  const options = await ask("/api/v1/passkeys/options");
  options.challenge = toBytes(options.challenge);
  options.user.id = toBytes(options.user.id);
  for (const known of options.excludeCredentials ?? []) known.id = toBytes(known.id);
  const made = await navigator.credentials.create({ publicKey: options });
  await ask("/api/v1/passkeys", { credential: packed(made), name: form.elements.name.value });
  location.assign("/account");
}

async function enter(form) {
  const options = await ask("/api/v1/sign-in/passkey/options");
  options.challenge = toBytes(options.challenge);
  const made = await navigator.credentials.get({ publicKey: options });
  const said = await ask("/api/v1/sign-in/passkey", { credential: packed(made) });
  location.assign(said.is_new ? "/welcome" : form.dataset.next || "/");
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = form.querySelector("[data-said]");
      told.hidden = true;
      try {
        await (form.dataset.passkey === "add" ? add(form) : enter(form));
      } catch (error) {
        told.textContent = error.said ?? form.dataset.failed;
        told.hidden = false;
      }
    });
  }
}
