/**
 * The media node: one task on arm64 behind a load balancer with fixed addresses, which are what
 * browsers are told to send media to.
 *
 * One node, because the balancer does not choose it by room, and media goes through the balancer. While
 * a new version takes over both are there for some seconds, and the old one's people go on there as
 * whom they were (docs/adr/0041-a-room-is-leased.md).
 */

import {
  Duration,
  type aws_cloudwatch as cloudwatch,
  aws_applicationautoscaling as autoscaling,
  aws_certificatemanager as acm,
  aws_cloudwatch as metrics,
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elb,
  aws_iam as iam,
  type aws_kms as kms,
  aws_logs as logs,
  aws_route53 as route53,
  aws_route53_targets as targets,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, FIVE_MINUTES, MINUTE } from './alarms.ts';
import { HOLDINGS } from './buckets.ts';
import type { Config } from './config.ts';
import { PRIMARY, TOKEN_KEY_ID, bucketName, mediaDomain, roleArn } from './names.ts';
import { MEDIA_PORT, MEDIA_TCP_PORT, Network, SIGNAL_PORT, TLS_PORT } from './network.ts';
import { NODE_IMAGE } from './releases.ts';
import { isProd, keeping } from './stage-rules.ts';

export interface MediaProps {
  readonly config: Config;
  /** The digest of the node's image. */
  readonly image: string;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
  readonly zone: route53.IHostedZone;
  /** How often the API is asked for anything, which wakes a sleeping node. */
  readonly requests: cloudwatch.Metric;
}

/** CPU in units of 1/1024 and memory in MiB; a small node carries some hundred people (docs/benchmarks.md). */
const SIZES = {
  small: { cpu: 512, memoryLimitMiB: 1024 },
  medium: { cpu: 1024, memoryLimitMiB: 2048 },
  large: { cpu: 2048, memoryLimitMiB: 4096 },
} as const;

/** How long nobody must have asked for anything before a node goes to sleep. */
const QUIET = Duration.minutes(30);
/** Nobody in particular: the user that the image's one program runs as. */
const NOBODY = '65532:65532';

/** The node with its network, its load balancer and its alarms. */
export class Media extends Construct {
  readonly service: ecs.FargateService;
  /** Raised when there is no node that takes calls. */
  readonly gone: cloudwatch.Alarm;
  /** Raised when the node cannot tell who is in which room. */
  readonly unheard: cloudwatch.Alarm;
  private readonly balancer: elb.NetworkLoadBalancer;

  constructor(scope: Construct, id: string, props: MediaProps) {
    super(scope, id);
    const { config, alarms } = props;
    const network = new Network(this, 'Network', props);
    const addresses = network.vpc.publicSubnets.map(
      (_, number) => new ec2.CfnEIP(this, `Address${number}`, { domain: 'vpc' }),
    );
    this.balancer = this.balance(props, network, addresses);
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: '/koeba/media',
      encryptionKey: props.key,
      retention: config.retention.logDays,
      removalPolicy: keeping(config),
    });
    const task = this.task(props, log, addresses);
    const cluster = new ecs.Cluster(this, 'Cluster', {
      clusterName: 'koeba',
      vpc: network.vpc,
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    });
    const asleep = config.media.mode === 'sleep-when-empty';
    this.service = new ecs.FargateService(this, 'Service', {
      serviceName: 'koeba-media',
      cluster,
      taskDefinition: task,
      ...(asleep ? {} : { desiredCount: 1 }),
      assignPublicIp: true,
      securityGroups: [network.nodes],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(60),
      enableExecuteCommand: false,
    });
    const nodes = this.listen(props, network);
    if (asleep) this.sleep(props.requests);
    this.gone = alarms.on('MediaGone', {
      // A node that sleeps is no node that is gone: then only one that does not answer counts.
      ...(asleep
        ? { metric: nodes.unHealthyHostCount({ period: MINUTE, statistic: 'Minimum' }) }
        : {
            metric: nodes.healthyHostCount({ period: MINUTE, statistic: 'Maximum' }),
            comparison: metrics.ComparisonOperator.LESS_THAN_THRESHOLD,
            silence: metrics.TreatMissingData.BREACHING,
          }),
      threshold: 1,
      periods: 3,
      en: 'There is no media node that takes calls: nobody hears anybody.',
      ja: '通話できるメディアノードがありません。音声が届いていません。',
      runbook: 'voice-does-not-get-through',
    });
    this.unheard = this.watch(alarms, log);
  }

  private balance(
    props: MediaProps,
    network: Network,
    addresses: ec2.CfnEIP[],
  ): elb.NetworkLoadBalancer {
    const { config } = props;
    const balancer = new elb.NetworkLoadBalancer(this, 'Balancer', {
      loadBalancerName: 'koeba-media',
      vpc: network.vpc,
      internetFacing: true,
      crossZoneEnabled: true,
      deletionProtection: isProd(config),
      securityGroups: [network.entrance],
      subnetMappings: network.vpc.publicSubnets.map((subnet, number) => ({
        subnet,
        allocationId: addresses[number]?.attrAllocationId ?? '',
      })),
    });
    balancer.setAttribute('access_logs.s3.enabled', 'true');
    balancer.setAttribute(
      'access_logs.s3.bucket',
      bucketName(config, HOLDINGS.storageLogs.holds, PRIMARY),
    );
    new route53.ARecord(this, 'Record', {
      zone: props.zone,
      recordName: `${mediaDomain(config)}.`,
      target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(balancer)),
    });
    return balancer;
  }

  /** Answers what is known of the nodes' health. */
  private listen(props: MediaProps, network: Network): elb.INetworkTargetGroupMetrics {
    const domainName = mediaDomain(props.config);
    const certificate = new acm.Certificate(this, 'Certificate', {
      domainName,
      validation: acm.CertificateValidation.fromDns(props.zone),
    });
    const group = (name: string, protocol: elb.Protocol, port: number) =>
      new elb.NetworkTargetGroup(this, name, {
        vpc: network.vpc,
        protocol,
        port,
        targetType: elb.TargetType.IP,
        // Workspaces allow networks, and a node must see from where somebody comes.
        preserveClientIp: true,
        // Whoever is on a node that goes comes back at once, on the new one.
        deregistrationDelay: Duration.seconds(0),
        connectionTermination: true,
        healthCheck: {
          protocol: elb.Protocol.HTTP,
          port: String(SIGNAL_PORT),
          path: '/',
          interval: Duration.seconds(5),
          timeout: Duration.seconds(2),
          healthyThresholdCount: 2,
          unhealthyThresholdCount: 2,
        },
      });
    const signalling = group('Signalling', elb.Protocol.TCP, SIGNAL_PORT);
    const media = group('Voice', elb.Protocol.UDP, MEDIA_PORT);
    const mediaTcp = group('VoiceTcp', elb.Protocol.TCP, MEDIA_TCP_PORT);
    signalling.addTarget(
      this.service.loadBalancerTarget({ containerName: 'node', containerPort: SIGNAL_PORT }),
    );
    media.addTarget(
      this.service.loadBalancerTarget({
        containerName: 'node',
        containerPort: MEDIA_PORT,
        protocol: ecs.Protocol.UDP,
      }),
    );
    mediaTcp.addTarget(
      this.service.loadBalancerTarget({ containerName: 'node', containerPort: MEDIA_TCP_PORT }),
    );
    this.balancer.addListener('Tls', {
      port: TLS_PORT,
      protocol: elb.Protocol.TLS,
      certificates: [certificate],
      sslPolicy: elb.SslPolicy.TLS13_13,
      defaultTargetGroups: [signalling],
    });
    this.balancer.addListener('Udp', {
      port: MEDIA_PORT,
      protocol: elb.Protocol.UDP,
      defaultTargetGroups: [media],
    });
    this.balancer.addListener('Tcp', {
      port: MEDIA_TCP_PORT,
      protocol: elb.Protocol.TCP,
      defaultTargetGroups: [mediaTcp],
    });
    return signalling.metrics;
  }

  private task(
    props: MediaProps,
    log: logs.LogGroup,
    addresses: ec2.CfnEIP[],
  ): ecs.FargateTaskDefinition {
    const { config } = props;
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      family: 'koeba-media',
      ...SIZES[config.media.size],
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      // The node asks nothing of AWS: its role is there and may do nothing.
      taskRole: new iam.Role(this, 'TaskRole', {
        roleName: 'koeba-media',
        description: 'What a media node may ask of AWS: nothing',
        assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
      }),
    });
    const secret = secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'koeba/token-secret');
    const capabilities = new ecs.LinuxParameters(this, 'Linux');
    capabilities.dropCapabilities(ecs.Capability.ALL);
    task.addContainer('node', {
      containerName: 'node',
      image: ecs.ContainerImage.fromEcrRepository(
        ecr.Repository.fromRepositoryName(this, 'Images', NODE_IMAGE),
        props.image,
      ),
      user: NOBODY,
      readonlyRootFilesystem: true,
      linuxParameters: capabilities,
      stopTimeout: Duration.seconds(120),
      ulimits: [{ name: ecs.UlimitName.NOFILE, softLimit: 65_536, hardLimit: 65_536 }],
      logging: ecs.LogDriver.awsLogs({ logGroup: log, streamPrefix: 'node' }),
      environment: {
        KOEBA_LOG: 'info',
        KOEBA_EMF: 'true',
        KOEBA_NODE_ID: 'tokyo',
        KOEBA_SIGNAL_ADDR: `0.0.0.0:${SIGNAL_PORT}`,
        KOEBA_MEDIA_ADDR: `0.0.0.0:${MEDIA_PORT}`,
        KOEBA_MEDIA_TCP_ADDR: `0.0.0.0:${MEDIA_TCP_PORT}`,
        KOEBA_ANNOUNCE_IP: addresses.map((address) => address.ref).join(','),
        KOEBA_TOKEN_KEY_ID: TOKEN_KEY_ID,
        KOEBA_CONTROL_URL: `https://${config.domain}`,
      },
      secrets: { KOEBA_TOKEN_SECRET: ecs.Secret.fromSecretsManager(secret) },
      portMappings: [
        { containerPort: SIGNAL_PORT, protocol: ecs.Protocol.TCP },
        { containerPort: MEDIA_PORT, protocol: ecs.Protocol.UDP },
        { containerPort: MEDIA_TCP_PORT, protocol: ecs.Protocol.TCP },
      ],
    });
    return task;
  }

  /**
   * No node while nobody is there. Asking the API for anything wakes one, in about two minutes;
   * half an hour without a request and without a call lets it go.
   */
  private sleep(requests: metrics.Metric): void {
    const target = new autoscaling.CfnScalableTarget(this, 'Bed', {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${this.service.cluster.clusterName}/${this.service.serviceName}`,
      roleArn: roleArn(
        this.service.env.account,
        'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
      ),
      minCapacity: 0,
      maxCapacity: 1,
    });
    target.node.addDependency(this.service);
    const to = (name: string, capacity: 0 | 1) =>
      new autoscaling.CfnScalingPolicy(this, name, {
        policyName: `koeba-media-${name.toLowerCase()}`,
        policyType: 'StepScaling',
        scalingTargetId: target.ref,
        stepScalingPolicyConfiguration: {
          adjustmentType: 'ExactCapacity',
          cooldown: 60,
          stepAdjustments: [
            capacity === 1
              ? { metricIntervalLowerBound: 0, scalingAdjustment: 1 }
              : { metricIntervalUpperBound: 0, scalingAdjustment: 0 },
          ],
        },
      });
    const wake = to('Wake', 1);
    const rest = to('Rest', 0);
    const calls = this.balancer.metrics.custom('ActiveFlowCount_TLS', {
      statistic: 'Maximum',
      period: FIVE_MINUTES,
    });
    const asked = requests.with({ period: FIVE_MINUTES });
    const somebody = new metrics.MathExpression({
      expression: 'FILL(calls, 0) + FILL(asked, 0)',
      usingMetrics: { calls, asked },
      period: FIVE_MINUTES,
    });
    const act = (policy: autoscaling.CfnScalingPolicy): metrics.IAlarmAction => ({
      bind: () => ({ alarmActionArn: policy.ref }),
    });
    new metrics.Alarm(this, 'Somebody', {
      alarmName: 'koeba-media-somebody-is-there',
      alarmDescription:
        'Wakes the media node / メディアノードを起動します → infra/runbooks/media-sleeps.md',
      metric: requests,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: metrics.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: metrics.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(act(wake));
    new metrics.Alarm(this, 'Nobody', {
      alarmName: 'koeba-media-nobody-is-there',
      alarmDescription:
        'Lets the media node sleep / メディアノードを停止します → infra/runbooks/media-sleeps.md',
      metric: somebody,
      threshold: 0,
      evaluationPeriods: QUIET.toMinutes() / 5,
      comparisonOperator: metrics.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: metrics.TreatMissingData.BREACHING,
    }).addAlarmAction(act(rest));
  }

  private watch(alarms: Alarms, log: logs.LogGroup): cloudwatch.Alarm {
    for (const [name, metric, ja] of [
      ['Cpu', this.service.metricCpuUtilization({ period: FIVE_MINUTES }), 'CPU'],
      ['Memory', this.service.metricMemoryUtilization({ period: FIVE_MINUTES }), 'メモリ'],
    ] as const) {
      alarms.on(`Media${name}`, {
        metric,
        threshold: 80,
        periods: 2,
        en: `The media node is short of ${name === 'Cpu' ? 'CPU' : 'memory'}.`,
        ja: `メディアノードの${ja}が不足しています。`,
        runbook: 'media-node-full',
      });
    }
    alarms.on('MediaTls', {
      metric: this.balancer.metrics.custom('ClientTLSNegotiationErrorCount', {
        period: FIVE_MINUTES,
        statistic: 'Sum',
      }),
      threshold: 50,
      periods: 2,
      en: 'Many clients cannot agree on TLS 1.3 with the media node.',
      ja: '多くのクライアントがTLS 1.3でメディアノードに接続できていません。',
      runbook: 'voice-does-not-get-through',
    });
    const count = (id: string, metricName: string, ...terms: string[]) =>
      new logs.MetricFilter(this, id, {
        logGroup: log,
        filterPattern: logs.FilterPattern.anyTerm(...terms),
        metricNamespace: 'Koeba',
        metricName,
        metricValue: '1',
      }).metric({ period: MINUTE, statistic: 'Sum' });
    alarms.on('MediaPanics', {
      metric: count('Panics', 'Panics-media', 'panicked', 'the media thread did not end'),
      threshold: 1,
      en: 'The media node met a mistake of ours.',
      ja: 'メディアノードに不具合が見つかりました。',
      runbook: 'voice-does-not-get-through',
    });
    return alarms.on('MediaUnheard', {
      metric: count('Unheard', 'ReportsRefused', 'the control plane took no report'),
      threshold: 5,
      periods: 3,
      en: 'The media node cannot tell the API who is in which room.',
      ja: 'メディアノードがAPIに在室状況を報告できていません。',
      runbook: 'voice-does-not-get-through',
    });
  }
}
