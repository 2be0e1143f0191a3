// SPDX-License-Identifier: MIT OR Apache-2.0
/** For those who embed Blufio in an Effect program of their own: `import { Blufio } from "blufio"`. */
import * as TomlSettings from "./layers/config/TomlSettings.ts"
import { core, serveLayer, shellLayer } from "./layers/Main.ts"
import { serve } from "./programs/serve.ts"
import { Channels } from "./services/Channel.ts"
import { ConditionalSources } from "./services/ConditionalSources.ts"
import { Inbox } from "./services/Inbox.ts"
import { Providers } from "./services/Provider.ts"
import { Secrets } from "./services/Secrets.ts"
import { Sessions } from "./services/Sessions.ts"
import { Settings } from "./services/Settings.ts"
import { define, Toolbox } from "./services/Toolbox.ts"
import { TurnEvents } from "./services/TurnEvents.ts"

export type { Channel } from "./services/Channel.ts"
export type { ConditionalSource } from "./services/ConditionalSources.ts"
export type { Provider } from "./services/Provider.ts"
export type { ToolDefinition } from "./services/Toolbox.ts"

/** The graph (`core` without doors, or with them), the program that runs it, and its services. */
export const Blufio = {
  core,
  serveLayer,
  shellLayer,
  serve,
  TomlSettings,
  Channels,
  ConditionalSources,
  Inbox,
  Providers,
  Secrets,
  Sessions,
  Settings,
  Toolbox,
  TurnEvents,
  defineTool: define
} as const
