// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keys of source forges and of chats. */
import { format, type Format } from "./format.ts"

export const forges: ReadonlyArray<Format> = [
  format("github-token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], /gh[pousr]_[A-Za-z0-9]{20,255}/),
  format("github-token", ["github_pat_"], /github_pat_\w{22,255}/),
  format(
    "gitlab-token",
    [
      "glpat-",
      "gldt-",
      "glrt-",
      "glptt-",
      "glcbt-",
      "glft-",
      "gloas-",
      "glsoat-",
      "glimt-",
      "glagent-",
      "glffct-"
    ],
    /gl(?:pat|dt|rt|ptt|cbt|ft|oas|soat|imt|agent|ffct)-[\w.-]{20,128}/
  ),
  format("bitbucket-token", ["ATBB", "ATCTT3"], /AT(?:BB|CTT3)[\w=-]{24,256}/),
  format("atlassian-token", ["ATATT3"], /ATATT3[\w=-]{24,256}/),
  format("npm-token", ["npm_"], /npm_[A-Za-z0-9]{36}/),
  format("pypi-token", ["pypi-"], /pypi-AgE[\w-]{30,512}/),
  format("docker-token", ["dckr_pat_", "dckr_oat_"], /dckr_[po]at_[\w-]{20,64}/),
  format("rubygems-key", ["rubygems_"], /rubygems_[a-f0-9]{48}/),
  format("crates-token", ["cio"], /cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/),
  format("gitlab-token", ["GR1348941"], /GR1348941[\w-]{20,64}/),
  format("sonarqube-token", ["sqp_", "squ_", "sqa_"], /sq[pua]_[a-f0-9]{40}/),
  format("buildkite-token", ["bkua_"], /bkua_[a-f0-9]{40}/),
  format("circleci-token", ["CCIPAT_", "CCIPRJ_"], /CCI(?:PAT|PRJ)_\w{20,30}_[a-f0-9]{40}/),
  format("sourcegraph-token", ["sgp_"], /sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}/)
]

export const chats: ReadonlyArray<Format> = [
  format(
    "slack-token",
    ["xox", "xapp-"],
    /(?:xox[abceprs][-.]|xapp-)[\w.-]{10,256}|xoxd[-.][\w.%+/=-]{10,512}/
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
  ),
  format("matrix-token", ["syt_"], /syt_[\w+/=]{1,128}_[A-Za-z]{20}_[A-Za-z0-9]{6}/)
]
