/** The HTTP API: the functions' routes one by one, behind a name that only CloudFront is told. */

import {
  Fn,
  aws_apigatewayv2 as apigateway,
  aws_certificatemanager as acm,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  type aws_kms as kms,
  aws_logs as logs,
  aws_route53 as route53,
  aws_route53_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, FIVE_MINUTES, MINUTE } from './alarms.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import { HTTP_FUNCTIONS, originDomain } from './names.ts';
import { routes } from './routes.ts';
import { keeping } from './stage-rules.ts';

export interface ApiProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
  readonly functions: Functions;
  readonly zone: route53.IHostedZone;
}

/** What a line of the access log tells: no address, no query, no cookie. */
const LINE = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  ms: '$context.responseLatency',
  functionMs: '$context.integrationLatency',
  error: '$context.integrationErrorMessage',
};

/** The HTTP API. */
export class Api extends Construct {
  readonly api: apigateway.CfnApi;
  readonly failures: cloudwatch.Alarm;
  /** How often anybody asked for anything, minute by minute. */
  readonly requests: cloudwatch.Metric;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { alarms } = props;
    this.api = new apigateway.CfnApi(this, 'Api', {
      name: 'koeba',
      description: 'The API of Koeba, reached through CloudFront only',
      protocolType: 'HTTP',
      // Reached by its own name only, which takes no detour around CloudFront's secret either.
      disableExecuteApiEndpoint: true,
    });
    this.route(props);
    const stage = this.stage(props);
    this.name(props, stage);
    const metric = (metricName: string, statistic: string, period = MINUTE) =>
      new cloudwatch.Metric({
        namespace: 'AWS/ApiGateway',
        metricName,
        statistic,
        period,
        dimensionsMap: { ApiId: this.api.ref },
      });
    this.requests = metric('Count', 'Sum');
    this.failures = alarms.on('ApiFails', {
      metric: metric('5xx', 'Sum'),
      threshold: 3,
      periods: 2,
      en: 'The API answers with errors of its own.',
      ja: 'APIがエラーを返しています。',
      runbook: 'api-fails',
    });
    alarms.on('ApiSlow', {
      metric: metric('Latency', 'p99', FIVE_MINUTES),
      threshold: 3_000,
      periods: 3,
      en: 'One request in a hundred takes three seconds or more.',
      ja: '100件に1件のリクエストが3秒以上かかっています。',
      runbook: 'function-slow',
    });
  }

  private route(props: ApiProps): void {
    const integrations = new Map(
      HTTP_FUNCTIONS.map((name) => {
        const { alias } = props.functions.answering(name);
        alias.addPermission('Api', {
          principal: new iam.ServicePrincipal('apigateway.amazonaws.com'),
          sourceArn: `arn:aws:execute-api:${this.api.stack.region}:${this.api.stack.account}:${this.api.ref}/*/*`,
        });
        const integration = new apigateway.CfnIntegration(this, `To-${name}`, {
          apiId: this.api.ref,
          integrationType: 'AWS_PROXY',
          integrationUri: alias.functionArn,
          integrationMethod: 'POST',
          payloadFormatVersion: '2.0',
          timeoutInMillis: 20_000,
        });
        return [name, integration] as const;
      }),
    );
    for (const route of routes()) {
      new apigateway.CfnRoute(this, `${route.method} ${route.path.replaceAll('/', '|')}`, {
        apiId: this.api.ref,
        routeKey: `${route.method} ${route.path}`,
        // Sessions are cookies that the functions look up; the gateway knows nothing of them.
        authorizationType: 'NONE',
        target: Fn.join('/', ['integrations', integrations.get(route.function)?.ref ?? '']),
      });
    }
  }

  private stage(props: ApiProps): apigateway.CfnStage {
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: '/koeba/api',
      encryptionKey: props.key,
      retention: props.config.retention.logDays,
      removalPolicy: keeping(props.config),
    });
    return new apigateway.CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(LINE) },
      defaultRouteSettings: {
        throttlingBurstLimit: 500,
        throttlingRateLimit: 1_000,
        detailedMetricsEnabled: true,
      },
    });
  }

  /** HTTP APIs take TLS 1.2 at least and cannot be told 1.3; viewers never come here. */
  private name(props: ApiProps, stage: apigateway.CfnStage): void {
    const domainName = originDomain(props.config);
    const certificate = new acm.Certificate(this, 'Certificate', {
      domainName,
      validation: acm.CertificateValidation.fromDns(props.zone),
    });
    const domain = new apigateway.DomainName(this, 'Domain', {
      domainName,
      certificate,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
      endpointType: apigateway.EndpointType.REGIONAL,
    });
    const mapping = new apigateway.CfnApiMapping(this, 'Mapping', {
      apiId: this.api.ref,
      domainName: domain.name,
      stage: stage.ref,
    });
    mapping.addResourceDependency(stage);
    new route53.ARecord(this, 'Record', {
      zone: props.zone,
      recordName: `${domainName}.`,
      target: route53.RecordTarget.fromAlias(
        new targets.ApiGatewayv2DomainProperties(
          domain.regionalDomainName,
          domain.regionalHostedZoneId,
        ),
      ),
    });
  }
}
