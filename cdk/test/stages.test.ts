import { describe, expect, it } from 'vitest';
import { all, one } from './look.ts';
import { type World, configuration, synthesize, world } from './world.ts';

const alarm = (of: World, name: string) =>
  one(of, 'AWS::CloudWatch::Alarm', ({ properties }) => properties.AlarmName === `koeba-${name}`)
    .properties;

describe('what is only for trying out', () => {
  it('goes with its stacks: nothing is retained, protected or locked', () => {
    const dev = world('dev');
    const kept = dev.stacks.flatMap(({ name, template }) =>
      Object.entries(template.Resources)
        .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
        .map(([id]) => `${name}/${id}`),
    );
    expect(kept).toEqual([]);
    for (const { properties } of all(dev, 'AWS::DynamoDB::GlobalTable')) {
      for (const replica of properties.Replicas) {
        expect(replica.DeletionProtectionEnabled).toBe(false);
      }
    }
    for (const { properties } of all(dev, 'AWS::S3::Bucket')) {
      expect(properties.ObjectLockEnabled ?? false).toBe(false);
    }
    for (const { properties } of all(dev, 'AWS::Backup::BackupVault')) {
      expect(properties.LockConfiguration).toBeUndefined();
    }
  });

  it('separates tenants and refuses old TLS as what people depend on does', () => {
    const [dev, prod] = [world('dev'), world('prod')];
    for (const name of ['koeba-tenant', 'koeba-accounts', 'koeba-events']) {
      const policies = (of: World) =>
        one(of, 'AWS::IAM::Role', ({ properties }) => properties.RoleName === name).properties
          .Policies;
      expect(policies(dev)).toEqual(policies(prod));
    }
    const certificate = (of: World) =>
      one(of, 'AWS::CloudFront::Distribution').properties.DistributionConfig.ViewerCertificate
        .MinimumProtocolVersion;
    expect(certificate(dev)).toBe(certificate(prod));
  });
});

describe('what the configuration says', () => {
  it('without an image, is everything but the media node', () => {
    const without = synthesize(configuration({ media: { mode: 'always-on', size: 'small' } }));
    expect(all(without, 'AWS::ECS::Service')).toEqual([]);
    expect(all(without, 'AWS::EC2::VPC')).toEqual([]);
    expect(all(without, 'AWS::ECR::Repository')).toHaveLength(1);
    expect(all(without, 'AWS::Lambda::Function').length).toBeGreaterThanOrEqual(4);
  });

  it('about a node that is always on: one is, and an alarm says when none is', () => {
    const image = `sha256:${'1'.repeat(64)}`;
    const awake = synthesize(configuration({ media: { mode: 'always-on', size: 'large', image } }));
    expect(one(awake, 'AWS::ECS::Service').properties.DesiredCount).toBe(1);
    expect(all(awake, 'AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([]);
    const task = one(awake, 'AWS::ECS::TaskDefinition').properties;
    expect([task.Cpu, task.Memory]).toEqual(['2048', '4096']);
    const gone = alarm(awake, 'media-gone');
    expect(gone.MetricName).toBe('HealthyHostCount');
    expect(gone.ComparisonOperator).toBe('LessThanThreshold');
    expect(gone.TreatMissingData).toBe('breaching');
  });

  it('about networks holds at the firewall and at the load balancer', () => {
    const image = `sha256:${'1'.repeat(64)}`;
    const allowedNetworks = ['198.51.100.0/24', '203.0.113.0/24'];
    const narrow = synthesize(
      configuration({ allowedNetworks, media: { mode: 'always-on', size: 'small', image } }),
    );
    expect(one(narrow, 'AWS::WAFv2::IPSet').properties.Addresses).toEqual(allowedNetworks);
    const [first] = one(narrow, 'AWS::WAFv2::WebACL').properties.Rules;
    expect([first.Name, first.Priority, first.Action]).toEqual([
      'other-networks',
      0,
      { Block: {} },
    ]);
    expect(first.Statement.NotStatement.Statement.IPSetReferenceStatement).toBeDefined();
    const groups = all(narrow, 'AWS::EC2::SecurityGroupIngress').map(
      ({ properties }) => properties.CidrIp as string | undefined,
    );
    expect([...new Set(groups.filter((one) => one !== undefined))].toSorted()).toEqual(
      allowedNetworks,
    );
  });
});
