/** The network of the media nodes: two public subnets and nothing behind them. */

import { type aws_kms as kms, aws_ec2 as ec2, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { keeping } from './stage-rules.ts';

/** Where browsers send media, over UDP. */
export const MEDIA_PORT = 3478;
/** Where browsers send media over TCP, if nothing gets through over UDP. */
export const MEDIA_TCP_PORT = 7881;
/** Where browsers signal, over TLS. */
export const TLS_PORT = 443;
/** Where the node takes signalling from the load balancer. */
export const SIGNAL_PORT = 7880;

/** The network and who may speak to whom in it. */
export class Network extends Construct {
  readonly vpc: ec2.Vpc;
  /** Of the load balancer: everybody may come to its three ports. */
  readonly entrance: ec2.SecurityGroup;
  /** Of the nodes: only the load balancer may come. */
  readonly nodes: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: { config: Config; key: kms.IKey }) {
    super(scope, id);
    const { config } = props;
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.20.0.0/20'),
      maxAzs: 2,
      natGateways: 0,
      // Nodes have addresses of their own, since they reach the API and AWS without a gateway that
      // would cost more than they do; their security group lets nobody in by them.
      subnetConfiguration: [
        {
          name: 'media',
          subnetType: ec2.SubnetType.PUBLIC,
          cidrMask: 24,
          mapPublicIpOnLaunch: false,
        },
      ],
    });
    const log = new logs.LogGroup(this, 'FlowLog', {
      logGroupName: '/koeba/network',
      encryptionKey: props.key,
      retention: config.retention.logDays,
      removalPolicy: keeping(config),
    });
    this.vpc.addFlowLog('Flows', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(log),
      // Voice is thousands of flows; what was refused is what somebody may have to look into.
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
    const group = (name: string, description: string) =>
      new ec2.SecurityGroup(this, name, {
        vpc: this.vpc,
        description,
        allowAllOutbound: false,
        disableInlineRules: true,
      });
    this.entrance = group('Entrance', 'The load balancer of the media nodes');
    this.nodes = group('Nodes', 'The media nodes');
    const from =
      config.allowedNetworks.length > 0
        ? config.allowedNetworks.map((network) => ec2.Peer.ipv4(network))
        : [ec2.Peer.anyIpv4()];
    const media = [ec2.Port.udp(MEDIA_PORT), ec2.Port.tcp(MEDIA_TCP_PORT)];
    for (const peer of from) {
      this.entrance.addIngressRule(peer, ec2.Port.tcp(TLS_PORT), 'Signalling over TLS 1.3');
      for (const port of media) {
        this.entrance.addIngressRule(peer, port, 'Media over DTLS 1.3');
      }
    }
    for (const port of [ec2.Port.tcp(SIGNAL_PORT), ...media]) {
      this.entrance.addEgressRule(this.nodes, port, 'To the nodes');
      this.nodes.addIngressRule(this.entrance, port, 'From the load balancer');
    }
    this.nodes.addEgressRule(
      ec2.Peer.anyIpv4(),
      ec2.Port.tcp(443),
      'To the API, the image and the log',
    );
  }
}
