/** Alarms of one region: each says in two languages what is wrong, and leads to what to do. */

import {
  Duration,
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  type aws_kms as kms,
  aws_iam as iam,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';

export interface AlarmProps {
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly comparison?: cloudwatch.ComparisonOperator;
  /** How many periods must be so; one, unless said. */
  readonly periods?: number;
  /** What silence means; that all is well, unless said. */
  readonly silence?: cloudwatch.TreatMissingData;
  readonly en: string;
  readonly ja: string;
  /** The page under `infra/runbooks`, without its ending. */
  readonly runbook: string;
}

/** The topic that people hear of, and the alarms that speak on it. */
export class Alarms extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: { config: Config; key: kms.IKey }) {
    super(scope, id);
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: 'Koeba',
      masterKey: props.key,
      enforceSSL: true,
    });
    for (const address of props.config.alarmAddresses) {
      this.topic.addSubscription(new subscriptions.EmailSubscription(address));
    }
    for (const service of ['cloudwatch', 'events', 'budgets', 'codestar-notifications', 'backup']) {
      this.topic.addToResourcePolicy(
        new iam.PolicyStatement({
          sid: `From${service.replace(/-./g, (two) => two.charAt(1).toUpperCase())}`,
          principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
          actions: ['sns:Publish'],
          resources: [this.topic.topicArn],
          conditions: { StringEquals: { 'aws:SourceAccount': props.config.account } },
        }),
      );
    }
  }

  /** Raises an alarm on a metric. */
  on(id: string, props: AlarmProps): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmName: `koeba-${kebab(id)}`,
      alarmDescription: describe(props),
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator:
        props.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData: props.silence ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.announce(alarm);
    return alarm;
  }

  /** Raises an alarm when others say so together. */
  when(
    id: string,
    rule: cloudwatch.IAlarmRule,
    props: Pick<AlarmProps, 'en' | 'ja' | 'runbook'>,
  ): cloudwatch.CompositeAlarm {
    const alarm = new cloudwatch.CompositeAlarm(this, id, {
      compositeAlarmName: `koeba-${kebab(id)}`,
      alarmDescription: describe(props),
      alarmRule: rule,
    });
    this.announce(alarm);
    return alarm;
  }

  private announce(alarm: cloudwatch.AlarmBase): void {
    const action = new actions.SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

/** The period of what is counted minute by minute. */
export const MINUTE = Duration.minutes(1);
export const FIVE_MINUTES = Duration.minutes(5);

function describe(props: Pick<AlarmProps, 'en' | 'ja' | 'runbook'>): string {
  return `${props.en} / ${props.ja} → infra/runbooks/${props.runbook}.md`;
}

function kebab(id: string): string {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
