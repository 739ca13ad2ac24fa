/**
 * What the account's guards find, on its way into the app: rules in both regions, whose events the
 * function `events` reads in Tokyo (`functions/events/src/findings.rs`). Mails are the business of
 * the guards' own rules.
 */

import { Stack, aws_events as events, aws_events_targets as targets } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import type { KoebaFunction } from './function.ts';
import { PRIMARY } from './names.ts';

/** From medium on, in the words of Inspector and Security Hub. */
const FROM_MEDIUM = ['MEDIUM', 'HIGH', 'CRITICAL'];

/** What is listened to; that something is over is told as well. */
const HEARD: Readonly<Record<string, events.EventPattern>> = {
  threats: {
    source: ['aws.guardduty'],
    detailType: ['GuardDuty Finding'],
    detail: { severity: [{ numeric: ['>=', 4] }] },
  },
  malware: {
    source: ['aws.guardduty'],
    detailType: ['GuardDuty Malware Protection Object Scan Result'],
    detail: { scanResultDetails: { scanResultStatus: ['THREATS_FOUND'] } },
  },
  vulnerabilities: {
    source: ['aws.inspector2'],
    detailType: ['Inspector2 Finding'],
    detail: { severity: FROM_MEDIUM },
  },
  // Its own checks only: what others found comes from them.
  checks: {
    source: ['aws.securityhub'],
    detailType: ['Security Hub Findings - Imported'],
    detail: { findings: { ProductName: ['Security Hub'], Severity: { Label: FROM_MEDIUM } } },
  },
};

/** In Tokyo: everything that is heard, here or in Osaka, goes to the function. */
export class FindingsToApp extends Construct {
  constructor(scope: Construct, id: string, props: { readonly events: KoebaFunction }) {
    super(scope, id);
    for (const [name, eventPattern] of Object.entries(HEARD)) {
      new events.Rule(this, name, {
        ruleName: `koeba-app-${name}`,
        description: `Findings for the app: ${name}`,
        eventPattern,
        targets: [new targets.LambdaFunction(props.events.alias)],
      });
    }
  }
}

/** In Osaka: everything that is heard goes to Tokyo. */
export class FindingsToTokyo extends Construct {
  constructor(scope: Construct, id: string, props: { readonly config: Config }) {
    super(scope, id);
    const bus = events.EventBus.fromEventBusArn(
      this,
      'Tokyo',
      `arn:aws:events:${PRIMARY}:${props.config.account}:event-bus/default`,
    );
    const { region } = Stack.of(this);
    for (const [name, eventPattern] of Object.entries(HEARD)) {
      new events.Rule(this, name, {
        ruleName: `koeba-app-${name}`,
        description: `Findings of ${region} for the app in Tokyo: ${name}`,
        eventPattern,
        targets: [new targets.EventBus(bus)],
      });
    }
  }
}
