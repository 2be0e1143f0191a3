// SPDX-License-Identifier: MIT OR Apache-2.0
/** The page of the contract's section 3, with its two optional examples filled in. */
export const page = `
[agent]
name = "Blufio"
system_prompt = ""             # inline; or
system_prompt_file = ""        # a Markdown file
personality_files = []         # more Markdown files, in order (SOUL.md, USER.md …)
max_tool_iterations = 10
max_concurrent_turns = 16      # over all sessions; one at a time within a session
turn_timeout = "10 minutes"
drain_timeout = "20 seconds"   # at SIGTERM; what is not done by then is resumed at the next start
time_zone = "UTC"

[storage]
path = ""                      # default $XDG_DATA_HOME/blufio/blufio.db
engine = "sqlite"              # or "postgres" for several nodes
url = ""                       # postgres only

[provider]
default = "anthropic"          # when not set, no model key is known and no vault exists: "demo". "anthropic" | "demo" | a plugin's name; anything else is a fault of the configuration (exit 3)

[provider.anthropic]
base_url = "https://api.anthropic.com"
model_simple = "claude-haiku-5-5"
model_standard = "claude-sonnet-5-5"
model_complex = "claude-opus-5-5"
max_retries = 3

[provider.prices."some-model"] # $ per million tokens; a model with no price is refused
input = 3.0
output = 15.0
cache_read = 0.30
cache_write = 3.75             # five minutes
cache_write_1h = 6.0
above = { tokens = 100000, input = 6.0, output = 22.5, cache_read = 0.60, cache_write = 7.5, cache_write_1h = 12.0 }

[telegram]
enabled = true                 # takes effect when a token is known
api_root = "https://api.telegram.org"
allowed_users = []             # numeric ids; empty: pairing codes only
poll_timeout = "50 seconds"
edit_interval = "1200 millis"
join_within = "400 millis"     # messages that follow each other so soon make up one turn

[transcription]                # a hook: one of the two; without either a voice message is answered with how to set it
command = []                   # gets the audio file's path as last argument, prints the text
url = ""                       # OpenAI-style POST /v1/audio/transcriptions
timeout = "5 minutes"

[gateway]
host = "127.0.0.1"
port = 2583
tls_cert = ""                  # both needed before a host other than loopback is accepted
tls_key = ""

[budget]
daily_usd = 3.0
monthly_usd = 50.0
per_turn_usd = 1.0
heartbeat_monthly_usd = 10.0

[context]
window_tokens = 180000
compact_at = 0.75              # share of the window
memory_tokens = 1500           # most that the conditional zone may take for memories
skill_tokens = 1200

[heartbeat]
enabled = false
every = "30 minutes"
model = "claude-haiku-5-5"
quiet_hours = ["22:00", "08:00"]

[memory]
enabled = true
top_k = 6
model = "all-minilm-l6-v2"     # shipped; no key, no network; or a folder with another ONNX model
idle_unload = "60 seconds"

[tools]
approval = "ask"               # "ask" | "auto" | "deny" for what writes, sends, runs or spends
bash_enabled = true
workspace = ""                 # default: <data dir>/workspace; file and bash tools see nothing else
allowed_hosts = ["*"]          # still behind the private-address block
http_allow_private = []        # CIDRs

[skills]
dirs = []                      # besides the shipped ones and <data dir>/skills
fuel = 1_000_000_000
memory_pages = 256             # 64 KiB each
timeout = "5 seconds"
isolation = "worker"           # or "process"

[mcp.servers]                  # url = "https://…" or command = ["…"], tools = ["…"]

[agents]                       # persona, models, tools, skills, memory, budget share, routes

[observability]
log_format = "json"            # "json" | "pretty"
otlp_endpoint = ""
`
