/**
 * Copy this file to `config.ts` and say what your Koeba is to be. `cdk synth` checks every line and
 * tells how to mend one that cannot be. Keep one AWS account for each stage.
 */

import type { ConfigInput } from './lib/config.ts';

const config: ConfigInput = {
  // 'dev': cheap, and `cdk destroy` removes everything.
  // 'prod': deletion protection, locked backups, canary deployments; data outlives its stack.
  stage: 'prod',

  // The AWS account, twelve digits.
  account: '111122223333',

  // Where people open Koeba, and the Route 53 zone that the name lies in. origin.<domain> and
  // media.<domain> are used as well.
  domain: 'voice.example.com',
  hostedZone: { id: 'Z0123456789EXAMPLE', name: 'example.com' },

  // Who hears alarms, findings and budgets. Each address gets one mail to confirm first.
  alarmAddresses: ['ops@example.com', 'security@example.com'],

  // Whom Koeba's mails are from; left out, no-reply@<domain>.
  // mailFrom: 'no-reply@voice.example.com',

  // Networks from which people may operate: read backups, logs and evidence.
  operatorNetworks: ['203.0.113.0/24'],

  // If given, nobody reaches Koeba from any other network. Workspaces can have such lists of their
  // own; this one is for all of them.
  // allowedNetworks: ['198.51.100.0/24'],

  media: {
    // 'always-on': a node is there when somebody comes, for the price of a node day and night.
    // 'sleep-when-empty': no node runs at night; whoever comes first waits for about two minutes.
    mode: 'always-on',
    // 'small' is half a CPU, 'medium' one, 'large' two.
    size: 'small',
    // The digest that pushing the image printed. Without it everything but the node is deployed.
    // image: 'sha256:…',
  },

  retention: {
    // How long CloudWatch keeps logs. Access logs and audit anchors in S3 are kept for ever.
    logDays: 365,
    // How long a backup of the first of a month is kept. The daily ones are kept for 35 days.
    monthlyBackupDays: 400,
  },

  // A mail goes out when a month is about to cost more.
  monthlyBudgetUsd: 300,

  // What `cargo xtask package --arm64` and the web client's build wrote.
  packages: '../target/lambda-arm64',
  web: '../web/dist',
};

export default config;
