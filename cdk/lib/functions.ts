/** The five functions, what each is told, and what calls `events`. */

import {
  Duration,
  RemovalPolicy,
  type aws_dynamodb as dynamodb,
  aws_iam as iam,
  type aws_kms as kms,
  aws_lambda as lambda,
  aws_lambda_event_sources as sources,
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
  TimeZone,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, MINUTE } from './alarms.ts';
import type { Config } from './config.ts';
import { KoebaFunction } from './function.ts';
import {
  ARCHIVE,
  type FunctionName,
  HTTP_FUNCTIONS,
  type HttpFunctionName,
  ORIGIN_SECRET,
  PRIMARY,
  TABLE,
  TENANT_ROLE,
  TOKEN_KEY_ID,
  bucketName,
  liveDomain,
  mediaDomain,
  roleArn,
} from './names.ts';
import { policy } from './policies.ts';
import { bytes, text } from './secrets.ts';

export interface FunctionsProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
  readonly table: dynamodb.ITableV2;
  /** What AWS calls the WebSocket API. */
  readonly liveApi: string;
}

/** How much memory each is given; Argon2 takes 19 MiB for each password, and CPU comes with memory. */
const SIZES: Record<FunctionName, { memoryMiB: number; timeout: Duration; atATime?: number }> = {
  // Signing in is dear on purpose: whoever floods it must not take the others' places.
  accounts: { memoryMiB: 1024, timeout: Duration.seconds(15), atATime: 50 },
  workspaces: { memoryMiB: 512, timeout: Duration.seconds(15) },
  rooms: { memoryMiB: 512, timeout: Duration.seconds(15) },
  live: { memoryMiB: 512, timeout: Duration.seconds(15) },
  events: { memoryMiB: 512, timeout: Duration.seconds(60) },
};

/** All functions. */
export class Functions extends Construct {
  readonly all: readonly KoebaFunction[];
  readonly events: KoebaFunction;
  readonly live: KoebaFunction;
  private readonly http: ReadonlyMap<HttpFunctionName, KoebaFunction>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { config } = props;
    const make = (
      name: FunctionName,
      environment: Record<string, string>,
      policies: Record<string, iam.PolicyDocument>,
    ) => new KoebaFunction(this, name, { ...props, ...SIZES[name], name, environment, policies });
    const own = (name: FunctionName) => ({ Data: policy(`${name}-role`, config) });
    this.http = new Map(
      HTTP_FUNCTIONS.map((name) => [name, make(name, httpSettings(config), own(name))] as const),
    );
    this.live = make('live', httpSettings(config), own('live'));
    this.events = make('events', eventsSettings(config), {
      Data: policy('events-role', config, props.liveApi),
    });
    this.all = [...this.http.values(), this.live, this.events];
    this.readTheStream(props);
    this.keepTheCalendar(props.key);
  }

  answering(name: HttpFunctionName): KoebaFunction {
    const one = this.http.get(name);
    if (one === undefined) throw new Error(`every name has a function, and ${name} has none`);
    return one;
  }

  /** Mails and copies follow from the table's stream; a record that fails is offered again by itself. */
  private readTheStream(props: FunctionsProps): void {
    const { alarms, table } = props;
    this.events.alias.addEventSource(
      new sources.DynamoEventSource(table, {
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: 25,
        maxBatchingWindow: Duration.seconds(0),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 20,
        maxRecordAge: Duration.hours(12),
        parallelizationFactor: 4,
        onFailure: new sources.SqsDlq(this.events.deadLetters),
        // Nodes say every two seconds that they are there: nothing follows from it.
        filters: [
          lambda.FilterCriteria.filter({
            dynamodb: { Keys: { pk: { S: [{ 'anything-but': ['NODES#ALL'] }] } } },
          }),
        ],
      }),
    );
    alarms.on('EventsLate', {
      metric: this.events.alias.metric('IteratorAge', { period: MINUTE, statistic: 'Maximum' }),
      threshold: 60_000,
      periods: 3,
      en: 'Mails are more than a minute late.',
      ja: 'メールの送信が1分以上遅れています。',
      runbook: 'mail-late',
    });
  }

  /** Reminders that are owed by the calendar, looked for every hour of Japan. */
  private keepTheCalendar(key: kms.IKey): void {
    const group = new scheduler.ScheduleGroup(this, 'Calendar', {
      scheduleGroupName: 'koeba',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new scheduler.Schedule(this, 'Reminders', {
      scheduleGroup: group,
      description: 'Looks every hour for reminders of access reviews that are due',
      schedule: scheduler.ScheduleExpression.cron({
        minute: '5',
        hour: '*',
        timeZone: TimeZone.ASIA_TOKYO,
      }),
      key,
      target: new targets.LambdaInvoke(this.events.alias, {
        input: scheduler.ScheduleTargetInput.fromObject({ reminders: true }),
        deadLetterQueue: this.events.deadLetters,
        retryAttempts: 5,
        maxEventAge: Duration.hours(1),
      }),
    });
  }
}

/** What `shared/edge/src/settings.rs` reads. */
function httpSettings(config: Config): Record<string, string> {
  return {
    KOEBA_LOG: 'info',
    KOEBA_TABLE: TABLE,
    KOEBA_TENANT_ROLE_ARN: roleArn(config.account, TENANT_ROLE),
    KOEBA_CURSOR_KEY: bytes('koeba/cursor-key'),
    KOEBA_ACCOUNT_KEY: bytes('koeba/account-key'),
    KOEBA_SIGNING_KEY: bytes('koeba/signing-key'),
    KOEBA_APP_ORIGIN: `https://${config.domain}`,
    KOEBA_MEDIA_URL: `wss://${mediaDomain(config)}`,
    KOEBA_TOKEN_KEY_ID: TOKEN_KEY_ID,
    KOEBA_TOKEN_SECRET: text('koeba/token-secret'),
    KOEBA_ORIGIN_SECRET: text(ORIGIN_SECRET),
  };
}

/** What `functions/events/src/settings.rs` reads. */
function eventsSettings(config: Config): Record<string, string> {
  return {
    KOEBA_LOG: 'info',
    KOEBA_TABLE: TABLE,
    KOEBA_TENANT_ROLE_ARN: roleArn(config.account, TENANT_ROLE),
    KOEBA_APP_ORIGIN: `https://${config.domain}`,
    KOEBA_MAIL_FROM: config.mailFrom,
    KOEBA_ARCHIVE_BUCKET: bucketName(config, ARCHIVE, PRIMARY),
    KOEBA_LIVE_ENDPOINT: `https://${liveDomain(config)}/live`,
  };
}
