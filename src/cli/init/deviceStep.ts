// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init`: this machine as a device, and what became of the ones it was before. */
import * as Effect from "effect/Effect"
import { DeviceKey } from "../../services/DeviceKey.ts"
import { Identities } from "../../services/Identities.ts"
import { Questions } from "./Questions.ts"

export const deviceStep = Effect.gen(function* () {
  const deviceKey = yield* DeviceKey
  const identities = yield* Identities
  const questions = yield* Questions
  const { device, earlier, isNew } = yield* deviceKey.ensure
  const made = isNew
    ? `, made; with it ${device.name} may use the port as ${device.scopes.join(", ")}`
    : ""
  yield* questions.say(`✓ device key: ${device.id}${made}`)
  for (const { id, name } of earlier) {
    const lost = `The device ${name} (${id}) is this machine's too, with a key that is not here any more.`
    const isShutOut = yield* questions.confirm(`${lost} Shut it out?`, false)
    if (isShutOut) yield* identities.revokeDevice(id)
    yield* questions.say(
      isShutOut
        ? `✓ device ${id}: shut out`
        : `! ${lost} It may still use the port; to shut it out: blufio device revoke ${id}`
    )
  }
  return device
})
