/** What is looked at as a whole: voice, signing in, cost, and Tokyo itself from Osaka. */

import {
  type Stack,
  aws_budgets as budgets,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  type aws_kms as kms,
  aws_s3 as s3,
  aws_synthetics as synthetics,
  Duration,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, FIVE_MINUTES } from './alarms.ts';
import type { Api } from './api.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import type { Media } from './media.ts';
import { SECOND, TABLE, bucketName } from './names.ts';
import { keeping } from './stage-rules.ts';

export interface WatchingProps {
  readonly config: Config;
  readonly alarms: Alarms;
  readonly api: Api;
  readonly functions: Functions;
}

/** Alarms over alarms, the table's own, the budget and the page to look at. */
export class Watching extends Construct {
  constructor(scope: Construct, id: string, props: WatchingProps) {
    super(scope, id);
    const { config, alarms, api, functions } = props;
    alarms.when(
      'PeopleCannotSignIn',
      cloudwatch.AlarmRule.anyOf(functions.answering('accounts').errors, api.failures),
      {
        en: 'People cannot sign in, or not reliably.',
        ja: 'サインインできない、または不安定です。',
        runbook: 'people-cannot-sign-in',
      },
    );
    this.watchTable(alarms);
    this.limitCost(config, alarms);
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: 'koeba',
      defaultInterval: Duration.hours(24),
      widgets: [
        functions.all.map(
          (one) =>
            new cloudwatch.GraphWidget({
              title: one.node.id,
              left: [one.alias.metricInvocations(), one.alias.metricErrors()],
              right: [one.function.metricDuration({ statistic: 'p99' })],
              width: 6,
            }),
        ),
        [new cloudwatch.GraphWidget({ title: 'API', left: [api.requests], width: 24 })],
      ],
    });
  }

  private watchTable(alarms: Alarms): void {
    const metric = (metricName: string, dimensions: Record<string, string> = {}) =>
      new cloudwatch.Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        statistic: 'Sum',
        period: FIVE_MINUTES,
        dimensionsMap: { TableName: TABLE, ...dimensions },
      });
    alarms.on('TableThrottles', {
      metric: new cloudwatch.MathExpression({
        expression: 'FILL(reading, 0) + FILL(writing, 0)',
        usingMetrics: {
          reading: metric('ReadThrottleEvents'),
          writing: metric('WriteThrottleEvents'),
        },
        period: FIVE_MINUTES,
      }),
      threshold: 1,
      periods: 2,
      en: 'The table turns requests away.',
      ja: 'テーブルがリクエストを拒んでいます。',
      runbook: 'table-trouble',
    });
    alarms.on('TableErrors', {
      metric: metric('SystemErrors', { Operation: 'Query' }),
      threshold: 1,
      periods: 2,
      en: 'DynamoDB fails.',
      ja: 'DynamoDBでエラーが発生しています。',
      runbook: 'table-trouble',
    });
    alarms.on('OsakaLate', {
      metric: metric('ReplicationLatency', { ReceivingRegion: SECOND }).with({
        statistic: 'Average',
      }),
      threshold: 60_000,
      periods: 3,
      en: 'The copy in Osaka is more than a minute behind.',
      ja: '大阪への複製が1分以上遅れています。',
      runbook: 'osaka-late',
    });
  }

  private limitCost(config: Config, alarms: Alarms): void {
    const over = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: {
        comparisonOperator: 'GREATER_THAN',
        notificationType,
        threshold,
        thresholdType: 'PERCENTAGE',
      },
      subscribers: [{ subscriptionType: 'SNS', address: alarms.topic.topicArn }],
    });
    new budgets.CfnBudget(this, 'Budget', {
      budget: {
        budgetName: 'koeba',
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: config.monthlyBudgetUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: [
        over('FORECASTED', 100),
        over('ACTUAL', 80),
        over('ACTUAL', 100),
      ],
    });
  }
}

/** Raises the one alarm that matters most: nobody hears anybody. */
export function watchVoice(alarms: Alarms, media: Media): void {
  alarms.when('VoiceDoesNotGetThrough', cloudwatch.AlarmRule.anyOf(media.gone, media.unheard), {
    en: 'Voice does not get through, or nobody can be seen in rooms.',
    ja: '音声が届いていない、または在室状況が見えていません。',
    runbook: 'voice-does-not-get-through',
  });
}

/** What the watcher runs every minute: it asks Koeba how it is, as a browser would. */
const SCRIPT = (url: string) => `const https = require('node:https');
exports.handler = () => new Promise((good, bad) => {
  https.get('${url}', { timeout: 10000, minVersion: 'TLSv1.3' }, (answer) => {
    answer.resume();
    answer.statusCode === 200 ? good('well') : bad(new Error('answered ' + answer.statusCode));
  }).on('timeout', function () { this.destroy(new Error('no answer')); }).on('error', bad);
});
`;

export interface WatcherProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
}

/** In Osaka: speaks when Tokyo does not answer, and when itself is silent. */
export class Watcher extends Construct {
  constructor(scope: Construct, id: string, props: WatcherProps) {
    super(scope, id);
    const { config, alarms } = props;
    const { account, region }: Pick<Stack, 'account' | 'region'> = alarms.topic.stack;
    const results = new s3.Bucket(this, 'Results', {
      bucketName: bucketName(config, 'koeba-watcher', region),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      minimumTLSVersion: 1.3,
      removalPolicy: keeping(config),
      lifecycleRules: [
        { expiration: Duration.days(30), noncurrentVersionExpiration: Duration.days(1) },
      ],
    });
    const role = new iam.Role(this, 'Role', {
      roleName: 'koeba-watcher',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Watch: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['s3:PutObject'],
              resources: [results.arnForObjects('*')],
            }),
            new iam.PolicyStatement({
              actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
              resources: [props.key.keyArn],
            }),
            // Takes no resource; AWS's library asks for it before it writes.
            new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }),
            new iam.PolicyStatement({
              actions: ['s3:GetBucketLocation'],
              resources: [results.bucketArn],
            }),
            new iam.PolicyStatement({
              actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [`arn:aws:logs:${region}:${account}:log-group:/aws/lambda/cwsyn-koeba-*`],
            }),
            new iam.PolicyStatement({
              actions: ['cloudwatch:PutMetricData'],
              resources: ['*'],
              conditions: { StringEquals: { 'cloudwatch:namespace': 'CloudWatchSynthetics' } },
            }),
          ],
        }),
      },
    });
    const canary = new synthetics.CfnCanary(this, 'Canary', {
      name: 'koeba-watcher',
      artifactS3Location: `s3://${results.bucketName}/results`,
      code: { handler: 'index.handler', script: SCRIPT(`https://${config.domain}/api/health`) },
      executionRoleArn: role.roleArn,
      runtimeVersion: synthetics.Runtime.SYNTHETICS_NODEJS_PUPPETEER_13_0.name,
      schedule: { expression: 'rate(1 minute)', durationInSeconds: '0' },
      startCanaryAfterCreation: true,
      runConfig: { timeoutInSeconds: 30 },
      successRetentionPeriod: 7,
      failureRetentionPeriod: 30,
    });
    alarms.on('TokyoSilent', {
      metric: new cloudwatch.Metric({
        namespace: 'CloudWatchSynthetics',
        metricName: 'SuccessPercent',
        dimensionsMap: { CanaryName: canary.ref },
        statistic: 'Average',
        period: FIVE_MINUTES,
      }),
      threshold: 60,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 1,
      silence: cloudwatch.TreatMissingData.BREACHING,
      en: 'Seen from Osaka, Koeba does not answer.',
      ja: '大阪から見てKoebaが応答していません。',
      runbook: 'region-lost',
    });
  }
}
