// SPDX-License-Identifier: MIT OR Apache-2.0
/** The `blufio.toml` that `init` writes: few keys set, the others explained where one would look. */

export interface Answers {
  /** An IANA name. */
  readonly timeZone: string
  /** No model key was given: the demo answers until there is one. */
  readonly isDemo: boolean
}

const model = `default = "anthropic"`
const demo = `# Offline and free, until there is a key: blufio init asks for one and takes this out.
default = "demo"`

/** The same settings with the model instead of the demo that `init` wrote; none when it did not. */
export const withoutDemo = (text: string): string | undefined =>
  text.includes(demo) ? text.replace(demo, model) : undefined

export const configFile = ({
  isDemo,
  timeZone
}: Answers): string => `# Blufio's settings. Keys that are left out have the defaults shown in comments.
# Secrets never stand here: they are in the vault (blufio secret list).
# After a change: blufio config validate, then start blufio again.

[agent]
name = "Blufio"
time_zone = ${JSON.stringify(timeZone)}   # for what "today" is, also in the budget
# system_prompt_file = "SOUL.md"         # who your agent is, in your own words

[provider]
${isDemo ? demo : model}

[budget]                                 # never passed: a call that may not fit is refused
daily_usd = 3.0
monthly_usd = 50.0
per_turn_usd = 1.0

[telegram]
enabled = true                           # takes effect when a token is in the vault
# allowed_users = [123456789]            # let these ids in without a pairing code

[tools]
# allowed_hosts = ["*"]                  # where http_request may go; private addresses never
# http_allow_private = ["192.168.1.0/24"]  # except these networks

[gateway]
# host = "127.0.0.1"                     # another host needs tls_cert and tls_key
# port = 2583
`
