import { expect } from 'vitest';
import { PRIMARY, SECOND } from '../lib/names.ts';
import type { Claim } from './claims.ts';
import { all, bucket, one } from './look.ts';
import type { World } from './world.ts';

const detector = (world: World, region: string) =>
  one(world, 'AWS::GuardDuty::Detector', () => true, region).properties;
const BOTH = [PRIMARY, SECOND];

export const guardingClaims: readonly Claim[] = [
  {
    rows: [5],
    says: 'GuardDuty watches buckets, functions and running containers in both regions',
    holds: (world) => {
      for (const region of BOTH) {
        const found = detector(world, region);
        expect(found.Enable).toBe(true);
        expect(found.FindingPublishingFrequency).toBe('FIFTEEN_MINUTES');
        const on = (found.Features as Record<string, any>[]).filter(
          ({ Status }) => Status === 'ENABLED',
        );
        expect(on.map(({ Name }) => Name).toSorted()).toEqual([
          'EBS_MALWARE_PROTECTION',
          'LAMBDA_NETWORK_LOGS',
          'RUNTIME_MONITORING',
          'S3_DATA_EVENTS',
        ]);
        const running = on.find(({ Name }) => Name === 'RUNTIME_MONITORING');
        expect(running?.AdditionalConfiguration).toEqual([
          { Name: 'ECS_FARGATE_AGENT_MANAGEMENT', Status: 'ENABLED' },
        ]);
      }
    },
    broken: (world) => {
      detector(world, SECOND).Enable = false;
    },
  },
  {
    rows: [5],
    says: 'every upload is scanned and tagged with what was found',
    holds: (world) => {
      const plan = one(world, 'AWS::GuardDuty::MalwareProtectionPlan').properties;
      expect(plan.Actions).toEqual({ Tagging: { Status: 'ENABLED' } });
      const { properties } = bucket(world, 'koeba-files', PRIMARY);
      expect(plan.ProtectedResource.S3Bucket.BucketName).toBe(properties.BucketName);
    },
    broken: (world) => {
      one(world, 'AWS::GuardDuty::MalwareProtectionPlan').properties.Actions.Tagging.Status =
        'DISABLED';
    },
  },
  {
    rows: [5],
    says: 'people hear of findings from medium on, in both regions',
    holds: (world) => {
      for (const region of BOTH) {
        const rule = one(
          world,
          'AWS::Events::Rule',
          ({ properties }) => properties.Name === 'koeba-findings',
          region,
        ).properties;
        expect(rule.State).toBe('ENABLED');
        expect(rule.EventPattern).toEqual({
          source: ['aws.guardduty'],
          'detail-type': ['GuardDuty Finding'],
          region: [region],
          detail: { severity: [{ numeric: ['>=', 4] }] },
        });
        const topic = one(world, 'AWS::SNS::Topic', () => true, region);
        expect(rule.Targets[0].Arn).toEqual({ Ref: topic.id });
      }
    },
    broken: (world) => {
      const [rule] = all(world, 'AWS::Events::Rule', SECOND).filter(
        ({ properties }) => properties.Name === 'koeba-findings',
      );
      if (rule) rule.properties.EventPattern.detail.severity = [{ numeric: ['>=', 8] }];
    },
  },
  {
    rows: [17],
    says: 'Inspector looks at images and functions in both regions, again and again, and nothing turns it off',
    holds: (world) => {
      for (const region of BOTH) {
        const { properties } = one(world, 'Custom::Inspector', () => true, region);
        for (const when of ['Create', 'Update']) {
          expect(JSON.parse(properties[when]), when).toMatchObject({
            service: 'inspector2',
            action: 'enable',
            parameters: { resourceTypes: ['ECR', 'LAMBDA'] },
          });
        }
        expect(properties.Delete).toBeUndefined();
        expect(
          one(world, 'AWS::ECR::RegistryScanningConfiguration', () => true, region).properties,
        ).toEqual({
          ScanType: 'ENHANCED',
          Rules: [
            {
              ScanFrequency: 'CONTINUOUS_SCAN',
              RepositoryFilters: [{ Filter: '*', FilterType: 'WILDCARD' }],
            },
          ],
        });
      }
    },
    broken: (world) => {
      const [images] = all(world, 'AWS::ECR::RegistryScanningConfiguration', SECOND);
      if (images) images.properties.Rules[0].ScanFrequency = 'SCAN_ON_PUSH';
    },
  },
  {
    rows: [17],
    says: 'what turns Inspector on may do that, make the role that Inspector asks for, and nothing else',
    holds: (world) => {
      for (const region of BOTH) {
        const { properties } = one(
          world,
          'AWS::IAM::Policy',
          ({ id }) => id.startsWith('InspectingEnabled'),
          region,
        );
        expect(properties.PolicyDocument.Statement).toEqual([
          { Effect: 'Allow', Action: 'inspector2:Enable', Resource: '*' },
          {
            Effect: 'Allow',
            Action: 'iam:CreateServiceLinkedRole',
            Resource:
              'arn:aws:iam::111122223333:role/aws-service-role/inspector2.amazonaws.com/AWSServiceRoleForAmazonInspector2',
            Condition: { StringEquals: { 'iam:AWSServiceName': 'inspector2.amazonaws.com' } },
          },
        ]);
      }
    },
    broken: (world) => {
      const [policy] = all(world, 'AWS::IAM::Policy', SECOND).filter(({ id }) =>
        id.startsWith('InspectingEnabled'),
      );
      if (policy) delete policy.properties.PolicyDocument.Statement[1].Condition;
    },
  },
  {
    rows: [17],
    says: 'people hear of vulnerabilities in what is deployed from medium on, in both regions',
    holds: (world) => {
      for (const region of BOTH) {
        const rule = one(
          world,
          'AWS::Events::Rule',
          ({ properties }) => properties.Name === 'koeba-vulnerabilities',
          region,
        ).properties;
        expect(rule.State).toBe('ENABLED');
        expect(rule.EventPattern).toEqual({
          source: ['aws.inspector2'],
          'detail-type': ['Inspector2 Finding'],
          region: [region],
          detail: { severity: ['MEDIUM', 'HIGH', 'CRITICAL'], status: ['ACTIVE'] },
        });
        const topic = one(world, 'AWS::SNS::Topic', () => true, region);
        expect(rule.Targets[0].Arn).toEqual({ Ref: topic.id });
      }
    },
    broken: (world) => {
      const [rule] = all(world, 'AWS::Events::Rule', SECOND).filter(
        ({ properties }) => properties.Name === 'koeba-vulnerabilities',
      );
      if (rule) rule.properties.EventPattern.detail.severity = ['CRITICAL'];
    },
  },
  {
    rows: [5, 17],
    says: 'what the guards find in either region goes into the app, from medium on, harmful uploads included',
    holds: (world) => {
      const heard = ({ EventPattern: pattern }: Record<string, any>) =>
        [pattern.source[0], pattern['detail-type'][0], JSON.stringify(pattern.detail)].join(' ');
      const MEDIUM = '["MEDIUM","HIGH","CRITICAL"]';
      for (const region of BOTH) {
        const rules = all(world, 'AWS::Events::Rule', region).filter(({ properties }) =>
          String(properties.Name).startsWith('koeba-app-'),
        );
        expect(rules.map(({ properties }) => heard(properties)).toSorted()).toEqual([
          'aws.guardduty GuardDuty Finding {"severity":[{"numeric":[">=",4]}]}',
          'aws.guardduty GuardDuty Malware Protection Object Scan Result {"scanResultDetails":{"scanResultStatus":["THREATS_FOUND"]}}',
          `aws.inspector2 Inspector2 Finding {"severity":${MEDIUM}}`,
          `aws.securityhub Security Hub Findings - Imported {"findings":{"ProductName":["Security Hub"],"Severity":{"Label":${MEDIUM}}}}`,
        ]);
        for (const { properties } of rules) {
          expect(properties.State).toBe('ENABLED');
          const [{ Arn: to }] = properties.Targets;
          if (region === SECOND) {
            expect(to).toBe(`arn:aws:events:${PRIMARY}:111122223333:event-bus/default`);
          } else {
            const alias = one(world, 'AWS::Lambda::Alias', ({ id }) =>
              id.startsWith('FunctionseventsLive'),
            );
            expect(to).toEqual({ Ref: alias.id });
          }
        }
      }
    },
    broken: (world) => {
      const [rule] = all(world, 'AWS::Events::Rule', SECOND).filter(
        ({ properties }) => properties.Name === 'koeba-app-threats',
      );
      if (rule) rule.properties.State = 'DISABLED';
    },
  },
  {
    rows: [11, 20],
    says: 'who did what to the account is written down in every region, signed, and kept where nobody deletes',
    holds: (world) => {
      const trail = one(world, 'AWS::CloudTrail::Trail').properties;
      expect(trail.IsMultiRegionTrail).toBe(true);
      expect(trail.EnableLogFileValidation).toBe(true);
      expect(trail.IncludeGlobalServiceEvents).toBe(true);
      expect(trail.KMSKeyId).toBeDefined();
      expect(trail.S3BucketName).toBe(
        bucket(world, 'koeba-access-logs', PRIMARY).properties.BucketName,
      );
      const data = JSON.stringify(trail.EventSelectors);
      for (const holds of ['koeba-files', 'koeba-archive', 'koeba-releases']) {
        expect(data).toContain(holds);
      }
    },
    broken: (world) => {
      one(world, 'AWS::CloudTrail::Trail').properties.EnableLogFileValidation = false;
    },
  },
  {
    rows: [17],
    says: 'Security Hub, Config and Access Analyzer look at both regions',
    holds: (world) => {
      for (const type of [
        'AWS::SecurityHub::Hub',
        'AWS::Config::ConfigurationRecorder',
        'AWS::Config::DeliveryChannel',
        'AWS::AccessAnalyzer::Analyzer',
      ]) {
        expect(
          all(world, type)
            .map(({ stack }) => stack.region)
            .toSorted(),
          type,
        ).toEqual(BOTH);
      }
    },
    broken: (world) => {
      const [hub] = all(world, 'AWS::SecurityHub::Hub', SECOND);
      if (hub) delete hub.stack.template.Resources[hub.id];
    },
  },
  {
    rows: [6, 21],
    says: 'nothing leaves Japan but what CloudFront has to be told there',
    holds: (world) => {
      for (const { name, region, template } of world.stacks) {
        const elsewhere = JSON.stringify(template.Resources).match(
          /\b(?:us|eu|ap|ca|sa|me|af|il|mx)-(?:gov-)?[a-z]+-\d\b/g,
        );
        const foreign = new Set((elsewhere ?? []).filter((one) => !BOTH.includes(one)));
        if (name.startsWith('Koeba-Front')) {
          expect(region).toBe('us-east-1');
          const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
          expect([...types].toSorted()).toEqual([
            'AWS::CertificateManager::Certificate',
            'AWS::CloudFront::Distribution',
            'AWS::CloudFront::Function',
            'AWS::CloudFront::OriginAccessControl',
            'AWS::CloudFront::ResponseHeadersPolicy',
            'AWS::Logs::Delivery',
            'AWS::Logs::DeliveryDestination',
            'AWS::Logs::DeliverySource',
            'AWS::Route53::RecordSet',
            'AWS::WAFv2::LoggingConfiguration',
            'AWS::WAFv2::WebACL',
          ]);
        } else {
          expect(BOTH, name).toContain(region);
          // The distribution's own address, the log sources' and the replica of CloudFront's secret.
          expect(
            [...foreign].filter((one) => one !== 'us-east-1'),
            name,
          ).toEqual([]);
        }
      }
      const secrets = all(world, 'AWS::SecretsManager::Secret').filter(({ properties }) =>
        properties.ReplicaRegions.some((one: any) => one.Region === 'us-east-1'),
      );
      expect(secrets.map(({ properties }) => properties.Name)).toEqual(['koeba/origin']);
    },
    broken: (world) => {
      const secret = one(
        world,
        'AWS::SecretsManager::Secret',
        ({ properties }) => properties.Name === 'koeba/token-secret',
      );
      secret.properties.ReplicaRegions.push({ Region: 'us-east-1' });
    },
  },
];
