// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a secret is called: the name of its environment variable. */
import * as Schema from "effect/Schema"

const maxLength = 100

export const SecretName = Schema.String.check(
  Schema.isPattern(/^[A-Z][A-Z0-9_]*$/),
  Schema.isMaxLength(maxLength)
).annotate({ expected: "a name such as ANTHROPIC_API_KEY: capitals, digits and underscores" })
export type SecretName = typeof SecretName.Type

/** The secrets that Blufio itself uses. */
export const anthropicKey: SecretName = "ANTHROPIC_API_KEY"
export const telegramToken: SecretName = "TELEGRAM_BOT_TOKEN"
/** For the service of `transcription.url`, where that wants one. */
export const transcriptionKey: SecretName = "TRANSCRIPTION_API_KEY"
