// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio key`: for programs that use the gateway's port. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { ask } from "../layers/DaemonClient.ts"
import { keyRow } from "../layers/http/IdentityHandlers.ts"
import { change, list, nameOf, NotInUse, scopesFlag, scopesOf, spellRows } from "./identity.ts"
import { print } from "./output.ts"

const create = Command.make(
  "create",
  {
    name: Argument.String("NAME").pipe(Argument.withDescription("What the key is for")),
    scopes: scopesFlag
  },
  Effect.fn("key create")(function* (typed) {
    const name = yield* nameOf(typed.name)
    const scopes = yield* scopesOf(typed.scopes)
    const made = yield* change(
      (client) => ask(client.createKey({ payload: { name, scopes } })),
      (identities) =>
        Effect.map(identities.createKey(name, scopes), ({ key, row }) => ({
          id: row.id,
          name: row.name,
          scopes: row.scopes,
          key
        }))
    )
    yield* print(`${made.key}\nThis is shown once. Use it as: Authorization: Bearer KEY`, made)
  })
).pipe(Command.withDescription("Make a key for a program"))

const listing = Command.make(
  "list",
  {},
  Effect.fn("key list")(function* () {
    const rows = yield* list(
      (client) => ask(client.keys({})),
      (identities) => Effect.map(identities.keys, (all) => all.map(keyRow))
    )
    yield* print(spellRows(rows, "No key was made yet: blufio key create NAME --scopes chat"), rows)
  })
).pipe(Command.withDescription("List the keys, without the keys themselves"))

const revoke = Command.make(
  "revoke",
  { key: Argument.String("ID_OR_NAME").pipe(Argument.withDescription("Which key")) },
  Effect.fn("key revoke")(function* ({ key }) {
    const row = yield* change(
      (client) => ask(client.revokeKey({ payload: { id: key } })),
      (identities) =>
        Effect.flatMap(identities.revokeKey(key), (row) =>
          Effect.mapError(Effect.fromOption(row), () => new NotInUse({ what: "key" }))
        )
    )
    yield* print(`The key ${row.name} (${row.id}) opens nothing any more.`, {
      id: row.id,
      name: row.name,
      scopes: row.scopes
    })
  })
).pipe(Command.withDescription("Withdraw a key at once"))

export const command = Command.make("key").pipe(
  Command.withDescription("Let programs use the gateway's port"),
  Command.withSubcommands([create, listing, revoke])
)
