/** The WebSocket API of `/live`, behind a name that only CloudFront and `events` are told. */

import {
  type Stack,
  aws_apigateway as gateway,
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
import { type Alarms, MINUTE } from './alarms.ts';
import type { Config } from './config.ts';
import type { KoebaFunction } from './function.ts';
import { LIVE_STAGE, liveDomain } from './names.ts';
import { keeping } from './stage-rules.ts';

export interface LiveProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
  readonly api: apigateway.CfnApi;
  readonly function: KoebaFunction;
  readonly zone: route53.IHostedZone;
}

/** What a line of the access log tells: no address, no query, no cookie, nothing that was said. */
const LINE = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  event: '$context.eventType',
  status: '$context.status',
  functionMs: '$context.integrationLatency',
  error: '$context.integrationErrorMessage',
};

/** The API itself, whose name the role of `events` has in it. */
export function liveApi(scope: Stack): apigateway.CfnApi {
  return new apigateway.CfnApi(scope, 'LiveApi', {
    name: 'koeba-live',
    description: 'Tells browsers what changes, as it happens; reached through CloudFront only',
    protocolType: 'WEBSOCKET',
    // One route takes all that browsers say; the function reads it.
    routeSelectionExpression: '$request.body.type',
    disableExecuteApiEndpoint: true,
  });
}

/** Its routes, its stage and its name. */
export class Live extends Construct {
  constructor(scope: Construct, id: string, props: LiveProps) {
    super(scope, id);
    this.route(props);
    const stage = this.stage(props);
    this.name(props, stage);
    for (const [name, metricName] of [
      ['LiveFails', 'IntegrationError'],
      ['LiveRefused', 'ExecutionError'],
    ] as const) {
      props.alarms.on(name, {
        metric: new cloudwatch.Metric({
          namespace: 'AWS/ApiGateway',
          metricName,
          statistic: 'Sum',
          period: MINUTE,
          dimensionsMap: { ApiId: props.api.ref, Stage: LIVE_STAGE },
        }),
        threshold: 3,
        periods: 2,
        en: 'Browsers are not told who is where as it happens; they ask every few seconds instead.',
        ja: '在室状況の即時通知が失敗しています。ブラウザーは数秒ごとの問い合わせに切り替わっています。',
        runbook: 'live-fails',
      });
    }
  }

  private route({ api, function: { alias } }: LiveProps): void {
    const { region, account } = api.stack;
    alias.addPermission('Live', {
      principal: new iam.ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: `arn:aws:execute-api:${region}:${account}:${api.ref}/*/*`,
    });
    const integration = new apigateway.CfnIntegration(this, 'Function', {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationMethod: 'POST',
      integrationUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${alias.functionArn}/invocations`,
      timeoutInMillis: 15_000,
    });
    for (const [name, routeKey] of [
      ['Connect', '$connect'],
      ['Disconnect', '$disconnect'],
      ['Default', '$default'],
    ] as const) {
      const answered = routeKey === '$default';
      const route = new apigateway.CfnRoute(this, name, {
        apiId: api.ref,
        routeKey,
        // The function looks the cookie's session up, as for every other route.
        authorizationType: 'NONE',
        target: `integrations/${integration.ref}`,
        ...(answered ? { routeResponseSelectionExpression: '$default' } : {}),
      });
      if (!answered) continue;
      new apigateway.CfnRouteResponse(this, `${name}Response`, {
        apiId: api.ref,
        routeId: route.ref,
        routeResponseKey: '$default',
      });
    }
  }

  private stage({ api, config, key }: LiveProps): apigateway.CfnStage {
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: '/koeba/live',
      encryptionKey: key,
      retention: config.retention.logDays,
      removalPolicy: keeping(config),
    });
    const stage = new apigateway.CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: LIVE_STAGE,
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(LINE) },
      defaultRouteSettings: {
        throttlingBurstLimit: 500,
        throttlingRateLimit: 500,
        detailedMetricsEnabled: true,
      },
    });
    stage.addResourceDependency(this.logging());
    return stage;
  }

  /** WebSocket APIs write their log as a role of the account, of which there is one in a region. */
  private logging(): gateway.CfnAccount {
    const role = new iam.Role(this, 'Logging', {
      description: 'Lets API Gateway write the access log of /live',
      assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName(
          'service-role/AmazonAPIGatewayPushToCloudWatchLogs',
        ),
      ],
    });
    return new gateway.CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
  }

  /** A name of its own: WebSocket APIs share none with HTTP APIs. */
  private name({ api, config, zone }: LiveProps, stage: apigateway.CfnStage): void {
    const domainName = liveDomain(config);
    const certificate = new acm.Certificate(this, 'Certificate', {
      domainName,
      validation: acm.CertificateValidation.fromDns(zone),
    });
    const domain = new apigateway.DomainName(this, 'Domain', {
      domainName,
      certificate,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
      endpointType: apigateway.EndpointType.REGIONAL,
    });
    const mapping = new apigateway.CfnApiMapping(this, 'Mapping', {
      apiId: api.ref,
      domainName: domain.name,
      stage: stage.ref,
      apiMappingKey: 'live',
    });
    mapping.addResourceDependency(stage);
    new route53.ARecord(this, 'Record', {
      zone,
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
