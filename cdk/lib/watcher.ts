/**
 * The watcher in Osaka: speaks when Tokyo does not answer, and when itself is silent.
 *
 * A function that asks once a minute, and an alarm on its own free metrics; a canary of CloudWatch
 * Synthetics says the same for 83 USD a month.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Duration,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  type aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, MINUTE } from './alarms.ts';
import type { Config } from './config.ts';
import { keeping } from './stage-rules.ts';

export interface WatcherProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
}

const SCRIPT = join(import.meta.dirname, 'watcher/index.cjs');

/** Asks from Osaka how Koeba is. */
export class Watcher extends Construct {
  constructor(scope: Construct, id: string, props: WatcherProps) {
    super(scope, id);
    const { config, key, alarms } = props;
    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: '/koeba/watcher',
      encryptionKey: key,
      retention: config.retention.logDays,
      removalPolicy: keeping(config),
    });
    const role = new iam.Role(this, 'Role', {
      roleName: 'koeba-watcher',
      description: 'What the watcher may do: write its own log',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        OwnLog: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    const asking = new lambda.Function(this, 'Function', {
      functionName: 'koeba-watcher',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromInline(readFileSync(SCRIPT, 'utf8')),
      role,
      memorySize: 128,
      timeout: Duration.seconds(20),
      environment: { KOEBA_HEALTH: `https://${config.domain}/api/health` },
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      // A question that failed is an answer; asked again it would count twice.
      retryAttempts: 0,
    });
    const live = new lambda.Alias(this, 'Live', {
      aliasName: 'live',
      version: asking.currentVersion,
    });
    new scheduler.Schedule(this, 'EveryMinute', {
      description: 'Asks how Koeba is',
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
      key,
      target: new targets.LambdaInvoke(live, { retryAttempts: 0, maxEventAge: MINUTE }),
    });
    alarms.on('TokyoSilent', {
      metric: new cloudwatch.MathExpression({
        expression: 'asked - FILL(failed, 0)',
        usingMetrics: {
          asked: asking.metricInvocations({ period: MINUTE, statistic: 'Sum' }),
          failed: asking.metricErrors({ period: MINUTE, statistic: 'Sum' }),
        },
        period: MINUTE,
      }),
      threshold: 1,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      silence: cloudwatch.TreatMissingData.BREACHING,
      en: 'Seen from Osaka, Koeba has not answered for three minutes.',
      ja: '大阪から見て、Koebaが3分間応答していません。',
      runbook: 'region-lost',
    });
  }
}
