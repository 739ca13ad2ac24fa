import { expect } from 'vitest';
import type { Claim } from './claims.ts';
import { all, one, statements } from './look.ts';
import type { Found } from './look.ts';
import type { World } from './world.ts';

const container = (world: World) =>
  one(world, 'AWS::ECS::TaskDefinition').properties.ContainerDefinitions[0] as Record<string, any>;
const listener = (world: World, port: number) =>
  one(world, 'AWS::ElasticLoadBalancingV2::Listener', ({ properties }) => properties.Port === port)
    .properties;
const groups = (world: World) => all(world, 'AWS::ElasticLoadBalancingV2::TargetGroup');
const attributes = ({ properties }: Found) =>
  Object.fromEntries(
    (properties.TargetGroupAttributes as { Key: string; Value: string }[]).map(({ Key, Value }) => [
      Key,
      Value,
    ]),
  );
const EVERYBODY = /0\.0\.0\.0\/0|::\/0/;

/** Every rule that lets somebody in, wherever it stands. */
function openings(world: World): { from: string; protocol: string; port: number; rule: any }[] {
  const inline = all(world, 'AWS::EC2::SecurityGroup').flatMap(
    ({ properties }) => (properties.SecurityGroupIngress ?? []) as Record<string, any>[],
  );
  const apart = all(world, 'AWS::EC2::SecurityGroupIngress').map(({ properties }) => properties);
  return [...inline, ...apart].map((rule) => {
    expect(rule.FromPort, 'one port').toBe(rule.ToPort);
    return {
      from: String(rule.CidrIp ?? rule.CidrIpv6 ?? 'a group'),
      protocol: rule.IpProtocol,
      port: rule.FromPort,
      rule,
    };
  });
}

export const mediaClaims: readonly Claim[] = [
  {
    rows: [3],
    says: 'the internet reaches three ports of the load balancer and no other, and the nodes not at all',
    holds: (world) => {
      const found = openings(world);
      const open = found.filter(({ from }) => EVERYBODY.test(from));
      expect(open.map(({ protocol, port }) => `${protocol} ${port}`).toSorted()).toEqual([
        'tcp 443',
        'tcp 7881',
        'udp 3478',
      ]);
      const closed = found.filter(({ from }) => !EVERYBODY.test(from));
      expect(closed.map(({ protocol, port }) => `${protocol} ${port}`).toSorted()).toEqual([
        'tcp 7880',
        'tcp 7881',
        'udp 3478',
      ]);
      for (const { from } of closed) expect(from).toBe('a group');
    },
    broken: (world) => {
      const [rule] = all(world, 'AWS::EC2::SecurityGroupIngress');
      if (rule) Object.assign(rule.properties, { CidrIp: '0.0.0.0/0', FromPort: 22, ToPort: 22 });
    },
  },
  {
    rows: [3],
    says: 'nodes ask nothing of the internet but HTTPS',
    holds: (world) => {
      const leaving = all(world, 'AWS::EC2::SecurityGroupEgress').filter(({ properties }) =>
        EVERYBODY.test(String(properties.CidrIp)),
      );
      expect(leaving.map(({ properties }) => [properties.IpProtocol, properties.ToPort])).toEqual([
        ['tcp', 443],
      ]);
      for (const { properties } of all(world, 'AWS::EC2::SecurityGroup')) {
        expect(JSON.stringify(properties.SecurityGroupEgress ?? [])).not.toMatch(EVERYBODY);
      }
    },
    broken: (world) => {
      const [group] = all(world, 'AWS::EC2::SecurityGroup');
      if (group) group.properties.SecurityGroupEgress = [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }];
    },
  },
  {
    rows: [3],
    says: 'nobody opens a shell in a running node',
    holds: (world) => {
      expect(one(world, 'AWS::ECS::Service').properties.EnableExecuteCommand).toBe(false);
    },
    broken: (world) => {
      one(world, 'AWS::ECS::Service').properties.EnableExecuteCommand = true;
    },
  },
  {
    rows: [4],
    says: 'signalling is TLS 1.3 only',
    holds: (world) => {
      expect(listener(world, 443).Protocol).toBe('TLS');
      expect(listener(world, 443).SslPolicy).toBe('ELBSecurityPolicy-TLS13-1-3-2021-06');
      expect(all(world, 'AWS::ElasticLoadBalancingV2::Listener')).toHaveLength(3);
    },
    broken: (world) => {
      listener(world, 443).SslPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
    },
  },
  {
    rows: [4],
    says: 'media over TCP goes to a port of its own, where nothing but DTLS 1.3 is spoken',
    holds: (world) => {
      expect(listener(world, 7881).Protocol).toBe('TCP');
      const settings = container(world).Environment as { Name: string; Value: string }[];
      const address = (name: string) => settings.find(({ Name }) => Name === name)?.Value;
      expect(address('KOEBA_MEDIA_TCP_ADDR')).toBe('0.0.0.0:7881');
      expect(address('KOEBA_SIGNAL_ADDR')).not.toContain('7881');
      const [{ TargetGroupArn }] = listener(world, 7881).DefaultActions;
      const target = groups(world).find(({ id }) => id === TargetGroupArn.Ref);
      expect(target?.properties.Port).toBe(7881);
    },
    broken: (world) => {
      const [{ TargetGroupArn }] = listener(world, 443).DefaultActions;
      listener(world, 7881).DefaultActions[0].TargetGroupArn = TargetGroupArn;
    },
  },
  {
    rows: [3],
    says: 'a node sees from where somebody comes, so that the networks of a workspace hold',
    holds: (world) => {
      expect(groups(world)).toHaveLength(3);
      for (const group of groups(world)) {
        expect(attributes(group)['preserve_client_ip.enabled']).toBe('true');
      }
    },
    broken: (world) => {
      const found = groups(world)[0]?.properties;
      if (found) {
        found.TargetGroupAttributes = found.TargetGroupAttributes.filter(
          ({ Key }: { Key: string }) => Key !== 'preserve_client_ip.enabled',
        );
      }
    },
  },
  {
    rows: [14],
    says: 'nobody stays on a node that goes',
    holds: (world) => {
      for (const group of groups(world)) {
        const found = attributes(group);
        expect(found['deregistration_delay.timeout_seconds']).toBe('0');
        expect(found['deregistration_delay.connection_termination.enabled']).toBe('true');
      }
      expect(container(world).StopTimeout).toBe(120);
    },
    broken: (world) => {
      groups(world)[1]?.properties.TargetGroupAttributes.shift();
    },
  },
  {
    rows: [27, 31],
    says: 'the node’s files cannot be changed, and it runs as nobody, without any capability',
    holds: (world) => {
      const node = container(world);
      expect(node.ReadonlyRootFilesystem).toBe(true);
      expect(node.User).toBe('65532:65532');
      expect(node.LinuxParameters.Capabilities).toEqual({ Drop: ['ALL'] });
      expect(node.Privileged ?? false).toBe(false);
      expect(node.MountPoints ?? []).toEqual([]);
    },
    broken: (world) => {
      container(world).ReadonlyRootFilesystem = false;
    },
  },
  {
    rows: [17],
    says: 'the node is an image of one digest, for arm64, and a version that does not come up is taken back',
    holds: (world) => {
      expect(JSON.stringify(container(world).Image)).toContain(`@sha256:${'0'.repeat(64)}`);
      const { properties } = one(world, 'AWS::ECS::TaskDefinition');
      expect(properties.RuntimePlatform.CpuArchitecture).toBe('ARM64');
      const service = one(world, 'AWS::ECS::Service').properties.DeploymentConfiguration;
      expect(service.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
      expect(service.MinimumHealthyPercent).toBe(100);
    },
    broken: (world) => {
      const service = one(world, 'AWS::ECS::Service').properties.DeploymentConfiguration;
      service.DeploymentCircuitBreaker.Rollback = false;
    },
  },
  {
    rows: [17],
    says: 'images never change under their name, and the last twenty are kept, in Osaka too',
    holds: (world) => {
      const { properties } = one(world, 'AWS::ECR::Repository');
      expect(properties.ImageTagMutability).toBe('IMMUTABLE');
      expect(properties.ImageScanningConfiguration).toEqual({ ScanOnPush: true });
      const kept = JSON.parse(properties.LifecyclePolicy.LifecyclePolicyText).rules[0].selection;
      expect(kept.countNumber).toBeGreaterThanOrEqual(10);
      const copies = one(world, 'AWS::ECR::ReplicationConfiguration').properties;
      const [rule] = copies.ReplicationConfiguration.Rules;
      expect(rule.Destinations.map((one: any) => one.Region)).toEqual(['ap-northeast-3']);
    },
    broken: (world) => {
      one(world, 'AWS::ECR::Repository').properties.ImageTagMutability = 'MUTABLE';
    },
  },
  {
    rows: [26],
    says: 'a node may ask nothing of AWS, and is told its secret by reference',
    holds: (world) => {
      expect(statements(world, 'koeba-media')).toEqual([]);
      const node = container(world);
      expect(node.Secrets.map((one: any) => one.Name)).toEqual(['KOEBA_TOKEN_SECRET']);
      expect(node.Environment.map((one: any) => one.Name)).not.toContain('KOEBA_TOKEN_SECRET');
    },
    broken: (world) => {
      container(world).Environment.push({ Name: 'KOEBA_TOKEN_SECRET', Value: 'in-the-open' });
    },
  },
  {
    rows: [14],
    says: 'a node that may sleep is woken by the first request, and sleeps after half an hour of silence',
    holds: (world) => {
      const target = one(world, 'AWS::ApplicationAutoScaling::ScalableTarget').properties;
      expect([target.MinCapacity, target.MaxCapacity]).toEqual([0, 1]);
      const policy = (name: string) =>
        one(
          world,
          'AWS::ApplicationAutoScaling::ScalingPolicy',
          ({ properties }) => properties.PolicyName === `koeba-media-${name}`,
        );
      const alarm = (name: string) =>
        one(
          world,
          'AWS::CloudWatch::Alarm',
          ({ properties }) => properties.AlarmName === `koeba-media-${name}-is-there`,
        ).properties;
      expect(alarm('somebody').AlarmActions).toEqual([{ Ref: policy('wake').id }]);
      expect(alarm('somebody').Period).toBe(60);
      expect(alarm('nobody').AlarmActions).toEqual([{ Ref: policy('rest').id }]);
      expect(alarm('nobody').EvaluationPeriods * 5).toBe(30);
    },
    broken: (world) => {
      const [, ...others] = all(world, 'AWS::ApplicationAutoScaling::ScalingPolicy');
      for (const other of others) other.properties.PolicyName = 'something-else';
    },
  },
];
