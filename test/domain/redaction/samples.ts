// SPDX-License-Identifier: MIT OR Apache-2.0
/** Made-up secrets, put together here so that no file holds one, and texts that only look like one. */

const join = (...parts: ReadonlyArray<string>) => parts.join("")

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** A fixed text of so many letters and digits, different for each seed. */
const random = (length: number, seed: number, from = alphabet) => {
  let state = seed * 2_654_435_761 + 12_345
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return from[(state >>> 8) % from.length]!
  }).join("")
}
const hex = (length: number, seed: number) => random(length, seed, "0123456789abcdef")

const pem = (kind: string) =>
  join(
    "-----BEGIN ",
    kind,
    "-----\n",
    random(64, 7),
    "\n",
    random(40, 8),
    "\n-----END ",
    kind,
    "-----"
  )

export interface Sample {
  readonly kind: string
  readonly text: string
  /** What must not be left in it. */
  readonly secret: string
}

const whole = (kind: string, secret: string): Sample => ({ kind, text: secret, secret })
const within = (kind: string, before: string, secret: string, after = ""): Sample => ({
  kind,
  text: before + secret + after,
  secret
})

export const secrets: ReadonlyArray<Sample> = [
  whole("anthropic-key", join("sk-", "ant-api03-", random(80, 1))),
  whole("openai-key", join("sk-", "proj-", random(48, 2))),
  whole("api-key", join("sk-", "a1", random(46, 3))),
  whole("openrouter-key", join("sk-", "or-v1-", hex(64, 4))),
  whole("groq-key", join("gs", "k_", random(52, 5))),
  whole("xai-key", join("xa", "i-", random(80, 6))),
  whole("huggingface-token", join("h", "f_", random(34, 7, alphabet.slice(0, 52)))),
  whole("replicate-token", join("r", "8_", random(37, 8))),
  whole("perplexity-key", join("ppl", "x-", random(48, 9))),
  whole("aws-access-key", join("AK", "IA", random(16, 10, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))),
  within("secret", "aws_secret_access_key = ", join(random(20, 11), "/", random(19, 12))),
  whole("google-api-key", join("AI", "za", random(35, 13))),
  whole("google-oauth-secret", join("GOC", "SPX-", random(28, 14))),
  whole("google-token", join("ya", "29.", random(60, 15))),
  within("secret", "DefaultEndpointsProtocol=https;AccountKey=", join(random(86, 16), "==")),
  whole("digitalocean-token", join("dop", "_v1_", hex(64, 17))),
  whole("heroku-key", join("HRK", "U-", random(60, 18))),
  whole("netlify-token", join("nf", "p_", random(36, 19))),
  whole("databricks-token", join("da", "pi", hex(32, 20))),
  whole("vault-token", join("hv", "s.", random(90, 21))),
  whole("github-token", join("gh", "p_", random(36, 22))),
  whole("github-token", join("github", "_pat_", random(22, 23), "_", random(59, 24))),
  whole("gitlab-token", join("gl", "pat-", random(20, 25))),
  whole("bitbucket-token", join("AT", "BB", random(32, 26))),
  whole("npm-token", join("np", "m_", random(36, 27))),
  whole("pypi-token", join("py", "pi-AgE", random(80, 28))),
  whole("docker-token", join("dckr", "_pat_", random(27, 29))),
  whole("slack-token", join("xo", "xb-", random(11, 30, "0123456789"), "-", random(24, 31))),
  whole("slack-token", join("xa", "pp-1-", random(11, 32), "-", random(40, 33))),
  within(
    "slack-webhook",
    "https://",
    join("hooks.sl", "ack.com/services/T", random(8, 34), "/B", random(8, 35), "/", random(24, 36))
  ),
  within(
    "discord-webhook",
    "https://",
    join("disc", "ord.com/api/webhooks/", random(18, 37, "0123456789"), "/", random(68, 38))
  ),
  whole("discord-token", join("MTIz", random(20, 39), ".", random(6, 40), ".", random(38, 41))),
  whole("telegram-token", join("123456789", ":", random(35, 42))),
  within(
    "telegram-token",
    "https://api.telegram.org/bot",
    join("987654321", ":", random(35, 43)),
    "/getMe"
  ),
  whole("stripe-key", join("sk", "_live_", random(24, 44))),
  whole("stripe-webhook-secret", join("wh", "sec_", random(32, 45))),
  whole("square-token", join("sq0", "atp-", random(22, 46))),
  whole(
    "braintree-token",
    join("access", "_token$production$", random(16, 47, "abcdefghij0123456789"), "$", hex(32, 48))
  ),
  whole("shopify-token", join("shp", "at_", hex(32, 49))),
  whole("sendgrid-key", join("S", "G.", random(22, 50), ".", random(43, 51))),
  whole("mailgun-key", join("ke", "y-", hex(32, 52))),
  whole("twilio-key", join("S", "K", hex(32, 53))),
  whole("sentry-token", join("snt", "rys_", random(80, 54))),
  whole("linear-key", join("lin", "_api_", random(40, 55))),
  whole("private-key", pem("RSA PRIVATE KEY")),
  whole("private-key", pem("OPENSSH PRIVATE KEY")),
  whole("private-key", pem("PGP PRIVATE KEY BLOCK")),
  whole("jwt", join("ey", "J", random(30, 56), ".ey", "J", random(60, 57), ".", random(43, 58))),
  within("bearer-credentials", "Authorization: Bearer ", random(40, 59)),
  within("basic-credentials", "-H 'Authorization: Basic ", "dXNlcjpwYXNzd29yZDEyMw", "'"),
  within("password", "curl -u admin:", "s3cr3t-Pa55", " https://example.com"),
  within("url-password", "postgres://app:", "pg-Passw0rd", "@db.internal:5432/app"),
  within("url-password", "mongodb+srv://app:", "m0ngo.Pass", "@cluster0.example.net/app"),
  within("url-password", "redis://:", "r3dis-pass", "@cache:6379/0"),
  within("url-password", "amqp://guest:", "gu3st!word", "@queue/"),
  within("password", "password=", "hunter2hunter2"),
  within("password", "My password is ", "tr0ub4dor&3", "."),
  within("password", '{"user":"ann","password":"', "correct-horse", '"}'),
  within("password", "DB_PASSWORD: '", "p4ss phrase 9", "'"),
  within("secret", "client_secret: ", random(32, 60)),
  within("secret", '{"api_key": "', hex(40, 61), '"}'),
  within("secret", "?access_token=", random(40, 62), "&x=1"),
  within("blufio-key", "", join("blu", "fio_k3y1d_", random(43, 63)))
]

export const lookAlikes: ReadonlyArray<string> = [
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  `"integrity": "sha512-${random(86, 70)}=="`,
  "commit 498f81e0c9d8b7a6f5e4d3c2b1a09f8e7d6c5b4a",
  "550e8400-e29b-41d4-a716-446655440000",
  "session_id=550e8400-e29b-41d4-a716-446655440000",
  "request id: 01ARZ3NDEKTSV4RRFFQ69G5FAV",
  `data:image/png;base64,iVBORw0KGgo${random(600, 71)}=`,
  random(2000, 72),
  "const token = getToken()",
  "const password = readPassword(prompt)",
  "password: string",
  "password: string | undefined",
  "password = user.password",
  "password=${PASSWORD}",
  "PASSWORD=$DB_PASSWORD",
  "api_key = os.environ['API_KEY']",
  "token: process.env.TOKEN",
  "password: <your-password>",
  "token=********",
  "secret: xxxxxxxxxxxx",
  "password=changeme",
  "the password: ask Ann about it",
  "The password is secret.",
  "The token is invalid or expired.",
  "max_tokens=4096",
  "max_tokens: 16000, temperature: 1",
  "tokens: 12345 of 200000 used",
  "Basic training starts at nine, bearer of good news.",
  "token_count: 1500",
  "password_hash_algorithm: argon2id",
  "secret_name = ANTHROPIC_API_KEY",
  "DE89 3704 0044 0532 0130 00",
  "+49 170 1234567 and 12:30:45",
  "2026-11-23T03:18:35.774Z",
  "ratio 16:9, 4:3 and 12345678:1",
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA${random(44, 73)} ann@example.com`,
  "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI\n-----END PUBLIC KEY-----",
  "https://example.com/path?page=2#part",
  "https://ann@example.com/",
  "mailto:ann@example.com",
  "git@github.com:ann/project.git",
  "SK-II, sk-learn, ghost_writer, task-force, disk-usage, risk-averse",
  "import { secret } from './secret.ts'",
  "secrets: inherit",
  "pass the salt: please, and keep-alive",
  "version 1.22.333.4444 of a.b.c.d",
  "Die Schlüssel: unter der Matte. Le mot de passe : demande à Anne.",
  "ключ: под ковриком; 鍵は机の上です。"
]
