// SPDX-License-Identifier: MIT OR Apache-2.0
/** A group that became a supergroup: from then on it has another id. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Migrated = Schema.Struct({
  chat: Schema.Struct({ id: Schema.Int }),
  migrate_to_chat_id: Schema.Int
})
const decode = Schema.decodeUnknownOption(Migrated)

/** The new group tells of it too (`migrate_from_chat_id`): that is passed over. */
export const migrationOf = (message: unknown) =>
  Option.map(decode(message), ({ chat, migrate_to_chat_id }) => ({
    from: String(chat.id),
    to: String(migrate_to_chat_id)
  }))
