// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio device`: machines that prove themselves by an Ed25519 key of their own. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { CodeRow } from "../api/identity.ts"
import { rawPublicKey } from "../domain/identity.ts"
import { oneLine } from "../domain/printable.ts"
import { ask } from "../layers/DaemonClient.ts"
import { codeRow, deviceRow, waitingRow } from "../layers/http/IdentityHandlers.ts"
import { WrongUsage } from "./exit.ts"
import { change, list, nameOf, NotInUse, scopesFlag, scopesOf, spellRows } from "./identity.ts"
import { print } from "./output.ts"
import { formatTime } from "./table.ts"

const publicKey = Flag.String("public-key").pipe(
  Flag.withMetavar("BASE64"),
  Flag.withDescription("The device's Ed25519 key; without it you get a code to type at the device"),
  Flag.optional
)

const keyOf = (typed: string) =>
  Effect.mapError(
    Effect.fromOption(
      Option.flatMap(Result.getSuccess(Base64.decode(typed.trim())), (bytes) =>
        Option.fromUndefinedOr(rawPublicKey(bytes))
      )
    ),
    () =>
      new WrongUsage({
        detail:
          "--public-key: expected the 32 bytes of an Ed25519 key in base64 (or its SPKI in DER)"
      })
  )

const add = Command.make(
  "add",
  {
    name: Argument.String("NAME").pipe(Argument.withDescription("What the device is called")),
    publicKey,
    scopes: scopesFlag
  },
  Effect.fn("device add")(function* (typed) {
    const name = yield* nameOf(typed.name)
    const scopes = yield* scopesOf(typed.scopes)
    if (Option.isNone(typed.publicKey)) {
      const { code, expires_at } = yield* change(
        (client) => ask(client.issueCode({ payload: { name, scopes } })),
        (identities) => Effect.map(identities.issueCode(name, scopes), codeRow)
      )
      return yield* print(
        `${code}\nType this at ${name} within ten minutes; it serves once ` +
          `(POST /v1/auth/enroll with code and public_key).`,
        { code, expires_at }
      )
    }
    const key = yield* keyOf(typed.publicKey.value)
    const made = yield* change(
      (client) => ask(client.addDevice({ payload: { name, scopes, public_key: key } })),
      (identities) => identities.addDevice(name, key, scopes)
    )
    yield* print(`${made.name} may use the gateway's port as device ${made.id}.`, {
      id: made.id,
      name: made.name,
      scopes: made.scopes
    })
  })
).pipe(Command.withDescription("Let a device in, by its public key or by a one-time code"))

/** Below the devices: it is none yet. */
const spellCode = ({ expires_at, id, name, scopes }: CodeRow) =>
  `\nA code for ${oneLine(name)} (${scopes.join(",")}) waits until ${formatTime(expires_at)}; ` +
  `to withdraw it: blufio device revoke ${id}`

const listing = Command.make(
  "list",
  {},
  Effect.fn("device list")(function* () {
    const devices = yield* list(
      (client) => ask(client.devices({})),
      (identities) => Effect.map(identities.devices, (all) => all.map(deviceRow))
    )
    const codes = yield* list(
      (client) => ask(client.codes({})),
      (identities) => Effect.map(identities.codes, (all) => all.map(waitingRow))
    )
    yield* print(
      spellRows(devices, "No device was added yet: blufio device add NAME --scopes chat") +
        codes.map(spellCode).join(""),
      [...devices, ...codes]
    )
  })
).pipe(Command.withDescription("List the devices"))

const revoke = Command.make(
  "revoke",
  {
    device: Argument.String("ID_OR_NAME").pipe(
      Argument.withDescription("Which device, or which code that waits")
    )
  },
  Effect.fn("device revoke")(function* ({ device }) {
    const row = yield* change(
      (client) => ask(client.revokeDevice({ payload: { id: device } })),
      (identities) =>
        Effect.flatMap(identities.revokeDevice(device), (row) =>
          Effect.mapError(Effect.fromOption(row), () => new NotInUse({ what: "device" }))
        )
    )
    const text =
      row.was === "in use"
        ? `The device ${row.name} (${row.id}) is shut out.`
        : `The code for ${row.name} is withdrawn.`
    yield* print(oneLine(text), { id: row.id, name: row.name, scopes: row.scopes, was: row.was })
  })
).pipe(Command.withDescription("Shut a device out at once"))

export const command = Command.make("device").pipe(
  Command.withDescription("Say which devices may use the gateway's port"),
  Command.withSubcommands([listing, add, revoke])
)
