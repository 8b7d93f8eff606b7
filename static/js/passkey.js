// Passkeys speak in bytes, doors in base64url. Both ways, for browsers that do not do it themselves yet.
import { post } from "./http.js"
import { Refused } from "./refused.js"
import { working } from "./working.js"

export const canPasskey = () => "PublicKeyCredential" in window && Boolean(navigator.credentials)

// The person proves who they are: what the door answered. Throws Refused; null when the person changed their mind.
export async function usePasskey(action, more = {}) {
  const { challenge, options } = await working(post(`${action}/options`))
  const known = (options.allowCredentials ?? []).map(bytesIn)
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known }
  const found = await asked(() => navigator.credentials.get({ publicKey }))
  return found && working(post(action, { challenge, credential: shown(found, ["authenticatorData", "signature", "userHandle"]), ...more }))
}

// A new one for this login.
export async function makePasskey(action) {
  const { challenge, options } = await working(post(`${action}/options`))
  const made = await asked(() => navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(bytesIn),
  } }))
  if (!made) return null
  const credential = shown(made, ["attestationObject"])
  credential.response.transports = made.response.getTransports?.() ?? []
  return working(post(action, { challenge, credential }))
}

async function asked(question) {
  try {
    return await question()
  } catch (error) {
    if (error.name === "InvalidStateError") throw new Refused({ code: "passkey-known", detail: "This device has a passkey for this portal already." })
    return null // closed by the person, or there is none: the browser has said so itself
  }
}

function shown(credential, fields) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) }
  for (const field of fields) if (credential.response[field]) response[field] = text(credential.response[field])
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} }
}

const bytesIn = (one) => ({ ...one, id: bytes(one.id) })

function bytes(words) {
  return Uint8Array.from(atob(words.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0))
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("")
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
