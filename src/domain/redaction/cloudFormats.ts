// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keys of clouds and of models. */
import { format, type Format } from "./format.ts"

export const models: ReadonlyArray<Format> = [
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
  format("huggingface-token", ["hf_", "api_org_"], /(?:hf_|api_org_)[A-Za-z0-9]{20,64}/),
  format("replicate-token", ["r8_"], /r8_[A-Za-z0-9]{30,64}/),
  format("perplexity-key", ["pplx-"], /pplx-[A-Za-z0-9]{20,128}/),
  format("langfuse-key", ["sk-lf-"], /sk-lf-[a-f0-9-]{36}/),
  format("nvidia-key", ["nvapi-"], /nvapi-[\w-]{32,128}/),
  format("tavily-key", ["tvly-"], /tvly-(?:dev-|prod-)?[\w-]{20,64}/),
  format("firecrawl-key", ["fc-"], /fc-[a-f0-9]{32}(?![a-f0-9])/),
  format("pinecone-key", ["pcsk_"], /pcsk_\w{40,128}/),
  format("cerebras-key", ["csk-"], /csk-[a-z0-9]{40,64}/),
  format("voyage-key", ["pa-"], /pa-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{40,64}(?![\w-])/),
  format("jina-key", ["jina_"], /jina_[\w-]{40,128}/),
  format("langsmith-key", ["lsv2_"], /lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}/),
  format("fireworks-key", ["fw_"], /fw_(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{20,64}(?!\w)/),
  format("elevenlabs-key", ["sk_"], /sk_[a-f0-9]{40,64}(?!\w)/),
  format("together-key", ["tgp_v1_"], /tgp_v1_[\w-]{30,64}/)
]

export const clouds: ReadonlyArray<Format> = [
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
  format("age-key", ["AGE-SECRET-KEY-1"], /AGE-SECRET-KEY-1[A-Z0-9]{58}/),
  format("azure-client-secret", ["0Q~"], /[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/, 3),
  format("azure-devops-token", ["AZDO"], /[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?!\w)/, 76),
  format("azure-storage-key", ["+ASt"], /[\w+/]{76}\+ASt[\w+/]{5,7}={0,2}/, 76),
  format("azure-model-key", ["JQQJ"], /[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{27}(?!\w)/, 52),
  format("aws-bedrock-key", ["ABSK"], /ABSK[A-Za-z0-9+/]{60,300}={0,2}/),
  format("aws-bedrock-key", ["bedrock-api-key-"], /bedrock-api-key-[\w+/=-]{40,2048}/),
  format("google-refresh-token", ["1//"], /1\/\/0[\w-]{30,256}/),
  format("google-api-key", ["AQ."], /AQ\.Ab[\w-]{30,128}/),
  format("terraform-token", [".atlasv1."], /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,80}/, 14),
  format("tailscale-key", ["tskey-"], /tskey-[\w-]{16,128}/),
  format("dynatrace-token", ["dt0"], /dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}/),
  format("supabase-key", ["sbp_"], /sbp_(?:oauth_)?[a-f0-9]{40}/),
  format("supabase-key", ["sb_secret_"], /sb_secret_[\w-]{20,64}/),
  format("planetscale-token", ["pscale_"], /pscale_(?:pw|tkn|oauth)_[\w.=-]{32,64}/),
  format("neon-key", ["napi_"], /napi_[a-z0-9]{32,128}/)
]
