// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Secrets that show by their form: an anchor that every one of the kind begins with, and what must
 * follow it. Each rule looks at a bounded piece of text behind its anchor only.
 */

export interface Format {
  readonly kind: string
  /** Texts of which one stands at the secret's beginning, as it is written. */
  readonly anchors: ReadonlyArray<string>
  /** The whole secret, from the anchor on; sticky. Its quantifiers are bounded or of one class. */
  readonly shape: RegExp
}

const format = (kind: string, anchors: ReadonlyArray<string>, shape: RegExp): Format => ({
  kind,
  anchors,
  shape: new RegExp(shape.source, `${shape.flags.replace("y", "")}y`)
})

const models: ReadonlyArray<Format> = [
  format("anthropic-key", ["sk-ant-"], /sk-ant-[\w-]{8,256}/),
  format("openrouter-key", ["sk-or-"], /sk-or-[\w-]{16,256}/),
  format(
    "openai-key",
    ["sk-proj-", "sk-svcacct-", "sk-admin-"],
    /sk-(?:proj|svcacct|admin)-[\w-]{16,256}/
  ),
  format("api-key", ["sk-"], /sk-(?=[A-Za-z]*\d)[A-Za-z0-9]{20,128}/),
  format("groq-key", ["gsk_"], /gsk_[A-Za-z0-9]{20,128}/),
  format("xai-key", ["xai-"], /xai-[A-Za-z0-9]{20,128}/),
  format("huggingface-token", ["hf_", "api_org_"], /(?:hf_|api_org_)[A-Za-z]{20,64}/),
  format("replicate-token", ["r8_"], /r8_[A-Za-z0-9]{30,64}/),
  format("perplexity-key", ["pplx-"], /pplx-[A-Za-z0-9]{20,128}/)
]

const clouds: ReadonlyArray<Format> = [
  format(
    "aws-access-key",
    ["AKIA", "ASIA", "ABIA", "ACCA"],
    /A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])/
  ),
  format("google-api-key", ["AIza"], /AIza[\w-]{35}/),
  format("google-oauth-secret", ["GOCSPX-"], /GOCSPX-[\w-]{20,64}/),
  format("google-token", ["ya29."], /ya29\.[\w-]{20,512}/),
  format("digitalocean-token", ["dop_v1_", "doo_v1_", "dor_v1_"], /do[opr]_v1_[a-f0-9]{40,64}/),
  format("heroku-key", ["HRKU-"], /HRKU-[\w-]{20,128}/),
  format("cloudflare-key", ["v1.0-"], /v1\.0-[a-f0-9]{24}-[a-f0-9]{100,200}/),
  format("vercel-token", ["vcp_", "vci_"], /vc[pi]_[A-Za-z0-9]{24,128}/),
  format("netlify-token", ["nfp_"], /nfp_[A-Za-z0-9]{30,64}/),
  format("fly-token", ["fo1_", "FlyV1 "], /(?:fo1_|FlyV1 )[\w+/=,-]{20,1024}/),
  format("databricks-token", ["dapi"], /dapi[a-f0-9]{32}(?![a-f0-9])/),
  format("vault-token", ["hvs.", "hvb."], /hv[sb]\.[\w-]{20,256}/),
  format("doppler-token", ["dp.pt.", "dp.st.", "dp.ct."], /dp\.[psc]t\.[\w.-]{30,128}/),
  format("pulumi-token", ["pul-"], /pul-[a-f0-9]{40}/),
  format("grafana-token", ["glsa_", "glc_"], /gl(?:sa|c)_[\w+/=]{30,256}/),
  format("newrelic-key", ["NRAK-"], /NRAK-[A-Z0-9]{27}/),
  format("sentry-token", ["sntrys_", "sntryu_"], /sntry[su]_[\w+/=]{40,512}/),
  format("linear-key", ["lin_api_"], /lin_api_[A-Za-z0-9]{30,64}/),
  format("notion-token", ["ntn_"], /ntn_[A-Za-z0-9]{30,64}/),
  format("airtable-token", ["pat"], /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/),
  format("age-key", ["AGE-SECRET-KEY-1"], /AGE-SECRET-KEY-1[A-Z0-9]{58}/)
]

const forges: ReadonlyArray<Format> = [
  format("github-token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], /gh[pousr]_[A-Za-z0-9]{20,255}/),
  format("github-token", ["github_pat_"], /github_pat_\w{22,255}/),
  format(
    "gitlab-token",
    ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"],
    /gl(?:pat|dt|rt|ptt|cbt)-[\w.-]{20,128}/
  ),
  format("bitbucket-token", ["ATBB", "ATCTT3"], /AT(?:BB|CTT3)[\w=-]{24,256}/),
  format("atlassian-token", ["ATATT3"], /ATATT3[\w=-]{24,256}/),
  format("npm-token", ["npm_"], /npm_[A-Za-z0-9]{36}/),
  format("pypi-token", ["pypi-"], /pypi-AgE[\w-]{30,512}/),
  format("docker-token", ["dckr_pat_", "dckr_oat_"], /dckr_[po]at_[\w-]{20,64}/),
  format("rubygems-key", ["rubygems_"], /rubygems_[a-f0-9]{48}/),
  format("crates-token", ["cio"], /cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/)
]

const chats: ReadonlyArray<Format> = [
  format(
    "slack-token",
    ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-"],
    /(?:xox[abeprs][-.]|xapp-)[\w.-]{10,256}/
  ),
  format(
    "slack-webhook",
    ["hooks.slack.com/"],
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/]{20,128}/
  ),
  format(
    "discord-webhook",
    ["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
    /discord(?:app)?\.com\/api\/webhooks\/\d{5,32}\/[\w-]{20,128}/
  ),
  format(
    "teams-webhook",
    ["webhook.office.com/"],
    /webhook\.office\.com\/webhookb2\/[\w@/-]{40,300}/
  )
]

const payments: ReadonlyArray<Format> = [
  format(
    "stripe-key",
    ["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
    /[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}/
  ),
  format("stripe-webhook-secret", ["whsec_"], /whsec_[\w+/=]{20,128}/),
  format(
    "square-token",
    ["EAAA", "sq0atp-", "sq0csp-"],
    /(?:EAAA[\w-]{56,64}|sq0(?:atp|csp)-[\w-]{22,43})/
  ),
  format(
    "braintree-token",
    ["access_token$"],
    /access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}/
  ),
  format(
    "shopify-token",
    ["shpat_", "shpss_", "shpca_", "shppa_"],
    /shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}/
  )
]

const mails: ReadonlyArray<Format> = [
  format("sendgrid-key", ["SG."], /SG\.[\w-]{16,32}\.[\w-]{32,64}/),
  format("mailgun-key", ["key-"], /key-[a-f0-9]{32}(?![a-f0-9])/),
  format("resend-key", ["re_"], /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,40}/),
  format("brevo-key", ["xkeysib-"], /xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}/),
  format(
    "twilio-key",
    Array.from("0abcdef", (digit) => `SK${digit}`),
    /SK[a-f0-9]{32}(?![a-f0-9])/
  )
]

const ours: ReadonlyArray<Format> = [
  format("blufio-key", ["blufio_"], /blufio_[\w-]{4,40}_[\w-]{32,64}/)
]

export const formats: ReadonlyArray<Format> = [
  ...ours,
  ...models,
  ...clouds,
  ...forges,
  ...chats,
  ...payments,
  ...mails
]
