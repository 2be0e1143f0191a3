// SPDX-License-Identifier: MIT OR Apache-2.0
/** Made-up secrets of further providers, and further ways to write a name before a value. */
import { hex, join, random, type Sample, whole, within } from "./sample.ts"

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
const lower = "abcdefghijklmnopqrstuvwxyz0123456789"
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const digits = "0123456789"
const uuid = (seed: number) =>
  [8, 4, 4, 4, 12].map((length, index) => hex(length, seed + index)).join("-")

const clouds: ReadonlyArray<Sample> = [
  whole("azure-client-secret", join(random(3, 100), "8Q", "~", random(34, 101))),
  whole("azure-devops-token", join(random(76, 102), "AZ", "DO", random(4, 103))),
  whole("azure-storage-key", join(random(76, 104), "+A", "St", random(5, 105), "==")),
  whole("aws-bedrock-key", join("AB", "SK", random(120, 106), "==")),
  whole("google-refresh-token", join("1/", "/0g", random(60, 107))),
  whole("google-api-key", join("A", "Q.Ab8R", random(46, 108))),
  whole("terraform-token", join(random(14, 109), ".atl", "asv1.", random(67, 110))),
  whole("tailscale-key", join("tsk", "ey-auth-", random(16, 111), "-", random(32, 112))),
  whole(
    "dynatrace-token",
    join("dt", "0c01.", random(24, 113, upper), ".", random(64, 114, upper))
  ),
  whole("supabase-key", join("sb", "p_", hex(40, 115))),
  whole("supabase-key", join("sb_", "secret_", random(31, 116))),
  whole("planetscale-token", join("psc", "ale_pw_", random(43, 117))),
  whole("neon-key", join("nap", "i_", random(64, 118, lower)))
]

const models: ReadonlyArray<Sample> = [
  whole("huggingface-token", join("h", "f_", random(34, 120))),
  whole("nvidia-key", join("nva", "pi-", random(64, 121))),
  whole("tavily-key", join("tv", "ly-dev-", random(32, 122))),
  whole("firecrawl-key", join("f", "c-", hex(32, 123))),
  whole("pinecone-key", join("pc", "sk_", random(6, 124), "_", random(60, 125))),
  whole("cerebras-key", join("cs", "k-", random(48, 126, lower))),
  whole("voyage-key", join("p", "a-", random(43, 127))),
  whole("jina-key", join("ji", "na_", random(60, 128))),
  whole("langsmith-key", join("ls", "v2_pt_", hex(32, 129), "_", hex(10, 130))),
  whole("fireworks-key", join("f", "w_", random(24, 131))),
  whole("elevenlabs-key", join("s", "k_", hex(48, 132)))
]

const forges: ReadonlyArray<Sample> = [
  ...["ft", "oas", "soat", "agent", "ffct"].map((kind, index) =>
    whole("gitlab-token", join("gl", kind, "-", random(24, 140 + index)))
  ),
  whole("gitlab-token", join("GR13", "48941", random(20, 146))),
  within("token-credentials", "Authorization: token ", hex(40, 147)),
  within("credentials", "//registry.example.com/:_auth=", join("YW5uOm", random(24, 148), "=")),
  within("credentials", '{"auths":{"r.io":{"auth":"', join("YW5uOm", random(24, 149)), '"}}}'),
  whole("sonarqube-token", join("sq", "p_", hex(40, 150))),
  whole("buildkite-token", join("bk", "ua_", hex(40, 151))),
  whole("circleci-token", join("CCI", "PAT_", random(22, 152), "_", hex(40, 153)))
]

const chats: ReadonlyArray<Sample> = [
  whole("slack-token", join("xo", "xc-", random(12, 160, digits), "-", hex(64, 161))),
  whole("slack-token", join("xo", "xd-", random(40, 162), "%2B", random(20, 163), "%3D")),
  whole("matrix-token", join("sy", "t_YW5u_", random(20, 164, letters), "_", random(6, 165)))
]

const others: ReadonlyArray<Sample> = [
  whole("razorpay-key", join("rz", "p_live_", random(14, 170))),
  whole("plaid-token", join("acc", "ess-production-", uuid(171))),
  whole("mollie-key", join("li", "ve_", random(30, 176))),
  whole("mailchimp-key", join(hex(32, 177), "-u", "s12")),
  whole("mailgun-key", join(hex(32, 178), "-", hex(8, 179), "-", hex(8, 180))),
  within(
    "mailgun-key",
    "curl -s --user 'api:",
    join("ke", "y-", hex(32, 52)),
    "' https://x.example"
  ),
  whole("figma-token", join("fi", "gd_", random(40, 181))),
  whole("postman-key", join("PM", "AK-", hex(24, 182), "-", hex(34, 183))),
  whole("onepassword-token", join("op", "s_ey", "J", random(200, 184))),
  whole("dropbox-token", join("s", "l.u.A", random(130, 185))),
  within("ssws-credentials", "Authorization: SSWS ", join("00", random(40, 186)))
]

const addresses: ReadonlyArray<Sample> = [
  within("url-token", "git clone https://", random(40, 190), "@git.example.com/ann/x.git"),
  within("url-key", "https://api.example.com/v1?key=", random(32, 191), "&x=1"),
  within("url-password", "postgres://app:", "pa#ss9word", "@db.internal:5432/app"),
  within("url-password", "postgres://app:", "pa?ss9word", "@db/app"),
  within("url-password", "postgres://app:", "p@ss/w0rd", "@db.internal/app"),
  within("url-password", "https://ann:", "p/ss#w0rd", "@example.com/")
]

/** A name that is far from its value, more than what a stream remembers. */
const farCurl = `curl -X POST -H 'X-Note: ${"so it goes ".repeat(20)}' -u ann:`
const value = random(32, 200)
const names: ReadonlyArray<Sample> = [
  within("secret", "API key: ", value),
  within("secret", "The api key is ", value),
  within("password", "**Password:** ", "Xk9-hunter"),
  within("password", "**Password**: ", "Xk9-hunter"),
  within("password", "<password>", "Xk9 hunter", "</password>"),
  within("password", '<db-password type="x">', "Xk9hunter", "</db-password>"),
  within("password", "define('DB_PASSWORD', '", "Xk9-hunter", "');"),
  within("password", "tool --password ", "Xk9-hunter", " --now"),
  within("password", "tool --db-password=", "Xk9-hunter", " --now"),
  within("secret", "tool --token ", value, " --now"),
  within("password", "machine git.example.com login ann password ", "Xk9-hunter"),
  within("password", "password:\n  ", "Xk9-hunter"),
  within("secret", "token: |\n    ", value),
  within("secret", "PresharedKey = ", join(random(42, 201), "8=")),
  within("password", "PASSWORD=", "12345678"),
  ...["$", "@", "#", "%", "["].map((sign) =>
    within("password", "password=", join(sign, "x9-Hunter!", sign))
  ),
  within("password", "password=", "Hunt(er9x"),
  within("password", "password: ", "Hunt(er)9x"),
  within("password", "password: ", "Hun,ter&9x|y"),
  within("password", "password: ", "Sommer2024!"),
  within("password", "password: ", "it's9Horses"),
  within("password", "password = '", "it\\'s my S3cret9 thing", "'"),
  within("password", '{\\"password\\": \\"', 'a\\\\\\"b9-Horses', '\\"}'),
  within("password", "password=%22", "Hunter9x", "%22"),
  within("password", 'password="', "Hunter-never-closed-9"),
  within("password", 'password: str = "', "Hunter9x", '"'),
  within("password", "config['password'] = '", "Hunter9x", "'"),
  within("secret", "secretKey: ", value),
  within("secret", '"secret_token": "', value, '"'),
  within("secret", "AWS_SECRET_ACCESS_KEY=", join(random(20, 202), "/", random(19, 203))),
  within("cookie", "Cookie: ", join("sid=", random(32, 204), "; theme=dark")),
  within("cookie", "Set-Cookie: ", join("session=", random(40, 205)), "; Path=/; HttpOnly"),
  within("password", farCurl, "Xq!-hunter-of-words"),
  within("anthropic-key", farCurl, join("Xq!", "sk-", "ant-api03-", random(20, 210))),
  within("password", "password：", "Xk9-hunter"),
  within("password", "Mein Passwort ist ", "Xk9-hunter"),
  within("password", "Kennwort: ", "Xk9-hunter"),
  within("password", "Le mot de passe est ", "Xk9-hunter"),
  within("password", "Mot de passe\u00a0: ", "Xk9-hunter"),
  within("password", "La contraseña es ", "Xk9-hunter"),
  within("password", "A senha é ", "Xk9-hunter"),
  within("password", "Пароль: ", "Xk9-hunter"),
  within("password", "мой пароль — ", "Xk9-hunter"),
  within("password", "密码是", "Xk9-hunter", "。"),
  within("password", "密码：", "Xk9-hunter"),
  within("password", "パスワードは ", "Xk9-hunter", " です")
]

const token = join("gh", "p_", random(36, 22))
const escapes: ReadonlyArray<Sample> = [
  '{"log":"line1\\n',
  '{"log":"line1\\\\n',
  "\u001b[32m",
  "\\u001b[1;32m",
  "\\x1b[0m",
  "x?a=token%3D",
  "\\u0022",
  "%22",
  "=3D",
  "tab\\t"
].map((before) => within("github-token", before, token))

export const moreSecrets: ReadonlyArray<Sample> = [
  ...clouds,
  ...models,
  ...forges,
  ...chats,
  ...others,
  ...addresses,
  ...names,
  ...escapes
]
