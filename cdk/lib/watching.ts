/** What is looked at as a whole: voice, signing in, the table and cost. */

import { aws_budgets as budgets, aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, FIVE_MINUTES } from './alarms.ts';
import type { Api } from './api.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import type { Media } from './media.ts';
import { SECOND, TABLE } from './names.ts';

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
