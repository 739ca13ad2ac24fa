/** One function: its package, its role, its log, its alias, and how a new version takes over. */

import { existsSync, openSync, readSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import {
  Duration,
  aws_cloudwatch as cloudwatch,
  aws_codedeploy as codedeploy,
  aws_iam as iam,
  type aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, FIVE_MINUTES, MINUTE } from './alarms.ts';
import type { Config } from './config.ts';
import { type FunctionName, functionName } from './names.ts';
import { isProd, keeping } from './stage-rules.ts';

export interface KoebaFunctionProps {
  readonly config: Config;
  readonly name: FunctionName;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
  /** The policies of `infra/policies` that its role has. */
  readonly policies: Readonly<Record<string, iam.PolicyDocument>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** How many may run at a time, so that a flood of it starves nobody else; unlimited, unless said. */
  readonly atATime?: number;
}

/** One Lambda function on arm64. */
export class KoebaFunction extends Construct {
  readonly function: lambda.Function;
  /** What everybody calls. */
  readonly alias: lambda.Alias;
  readonly logGroup: logs.LogGroup;
  /** What nobody could deal with. */
  readonly deadLetters: sqs.Queue;
  readonly errors: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: KoebaFunctionProps) {
    super(scope, id);
    const { config, name, key } = props;
    this.logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/koeba/functions/${name}`,
      encryptionKey: key,
      retention: config.retention.logDays,
      removalPolicy: keeping(config),
    });
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      queueName: `${functionName(name)}-dead-letters`,
      encryption: sqs.QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: keeping(config),
    });
    const role = new iam.Role(this, 'Role', {
      roleName: functionName(name),
      description: `What the function ${name} may do`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        ...props.policies,
        OwnLog: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.logGroup.logGroupArn],
            }),
          ],
        }),
        OwnSettings: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
          ],
        }),
      },
    });
    this.function = new lambda.Function(this, 'Function', {
      functionName: functionName(name),
      runtime: lambda.Runtime.PROVIDED_AL2023,
      architecture: lambda.Architecture.ARM_64,
      handler: 'bootstrap',
      code: lambda.Code.fromAsset(packageOf(config, name)),
      role,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      environment: { ...props.environment },
      environmentEncryption: key,
      logGroup: this.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      deadLetterQueue: this.deadLetters,
      currentVersionOptions: { removalPolicy: keeping(config) },
      ...(props.atATime === undefined ? {} : { reservedConcurrentExecutions: props.atATime }),
    });
    this.alias = new lambda.Alias(this, 'Live', {
      aliasName: 'live',
      version: this.function.currentVersion,
    });
    this.errors = this.watch(props.alarms, name, props.timeout);
    new codedeploy.LambdaDeploymentGroup(this, 'Deployment', {
      alias: this.alias,
      deploymentConfig: isProd(config)
        ? codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES
        : codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
      alarms: [this.errors],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  private watch(alarms: Alarms, name: FunctionName, timeout: Duration): cloudwatch.Alarm {
    const title = name.charAt(0).toUpperCase() + name.slice(1);
    const errors = alarms.on(`${title}Errors`, {
      metric: this.alias.metricErrors({ period: MINUTE }),
      threshold: 3,
      periods: 2,
      en: `The function ${name} fails.`,
      ja: `関数 ${name} が失敗しています。`,
      runbook: 'function-fails',
    });
    alarms.on(`${title}Throttles`, {
      metric: this.function.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 1,
      periods: 2,
      en: `Calls of the function ${name} are turned away.`,
      ja: `関数 ${name} の呼び出しが拒まれています。`,
      runbook: 'function-throttled',
    });
    alarms.on(`${title}Slow`, {
      metric: this.function.metricDuration({ period: FIVE_MINUTES, statistic: 'p99' }),
      threshold: timeout.toMilliseconds() / 2,
      periods: 3,
      en: `The function ${name} takes more than half the time that it has.`,
      ja: `関数 ${name} が制限時間の半分を超えています。`,
      runbook: 'function-slow',
    });
    alarms.on(`${title}DeadLetters`, {
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: MINUTE }),
      threshold: 1,
      en: `The function ${name} could not deal with something, however often it tried.`,
      ja: `関数 ${name} が何度試しても処理できないものがあります。`,
      runbook: 'dead-letters',
    });
    const panics = new logs.MetricFilter(this, 'Panics', {
      logGroup: this.logGroup,
      filterPattern: logs.FilterPattern.anyTerm('panicked', 'a handler panicked'),
      metricNamespace: 'Koeba',
      metricName: `Panics-${name}`,
      metricValue: '1',
    });
    alarms.on(`${title}Panics`, {
      metric: panics.metric({ period: FIVE_MINUTES, statistic: 'Sum' }),
      threshold: 1,
      en: `The function ${name} met a mistake of ours.`,
      ja: `関数 ${name} に不具合が見つかりました。`,
      runbook: 'function-fails',
    });
    return errors;
  }
}

/** ELF's number for arm64, at byte 18 of a program. */
const AARCH64 = 0xb7;

/**
 * The package that `cargo xtask package --arm64` wrote: a folder with one program named `bootstrap`.
 *
 * @throws {Error} with a sentence for whoever deploys, when it is not there or for another machine.
 */
function packageOf(config: Config, name: FunctionName): string {
  const folder = join(config.packages, name);
  const program = join(folder, 'bootstrap');
  if (!existsSync(program)) {
    throw new Error(
      `There is no package of the function ${name} at ${program}: run \`cargo xtask package --arm64\`, or set packages to the folder it wrote`,
    );
  }
  const file = openSync(program, 'r');
  const head = Buffer.alloc(20);
  readSync(file, head, 0, head.length, 0);
  closeSync(file);
  if (head.toString('latin1', 1, 4) !== 'ELF' || head.readUInt16LE(18) !== AARCH64) {
    throw new Error(
      `${program} is no program for arm64, on which the functions run: run \`cargo xtask package --arm64\``,
    );
  }
  return join(folder, 'bootstrap.zip');
}
