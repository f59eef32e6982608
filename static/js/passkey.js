// Passkeys: a form with data-passkey="create" or "get" fetches what to ask, lets the browser answer, and sends itself with
// the answer in its hidden field. Where a browser knows no passkeys, the form says so.

const canUse = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
const WORDS = {
  unknown: "This browser cannot use passkeys. Choose another factor.",
  registered: "This device holds a passkey of yours already.",
  refused: "No passkey was given. Try again, or use another factor.",
  expired: "This page is too old. Load it again and start over.",
};

async function ask(form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(form.dataset.challenge, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
    redirect: "error",
  });
  if (!answer.ok) throw new TypeError("expired");
  return answer.json();
}

async function answer(form) {
  const options = await ask(form);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

function tell(form, words) {
  const place = form.querySelector("[data-passkey-trouble]");
  place.textContent = words;
  place.hidden = false;
}

async function submit(event) {
  const form = event.target;
  event.preventDefault();
  if (!canUse) return tell(form, WORDS.unknown);
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await answer(form));
    // Not requestSubmit: this listener has done its part.
    form.submit();
  } catch (reason) {
    button.disabled = false;
    tell(form, reason.name === "InvalidStateError" ? WORDS.registered : reason instanceof TypeError ? WORDS.expired : WORDS.refused);
  }
}

document.querySelectorAll("form[data-passkey]").forEach((form) => form.addEventListener("submit", submit));
