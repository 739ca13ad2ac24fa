/** What a team says about its own Koeba: one object, checked before anything is synthesized. */

import { z } from 'zod';

const CIDR = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;

const domain = (what: string) =>
  z
    .string(`${what}: give a name such as voice.example.com`)
    .regex(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      `${what}: give a name in lower case, without https:// and without a slash, such as voice.example.com`,
    );

const address = (what: string) =>
  z
    .string(`${what}: give a mail address`)
    .regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, `${what}: give a mail address, such as ops@example.com`);

const network = (what: string) =>
  z
    .string()
    .regex(CIDR, `${what}: give networks as an IPv4 address and a length, such as 203.0.113.0/24`)
    .refine(isNetwork, `${what}: numbers run to 255 and lengths from 8 to 32; check what you gave`);

/** Whether every number of an IPv4 network is one, and the network is no half of the world. */
function isNetwork(text: string): boolean {
  const [ip = '', length = ''] = text.split('/');
  return (
    ip.split('.').every((part) => Number(part) <= 255) &&
    Number(length) >= 8 &&
    Number(length) <= 32
  );
}

const schema = z
  .strictObject(
    {
      stage: z.enum(
        ['dev', 'prod'],
        "stage: write 'dev' (cheap, deletable) or 'prod' (locked, kept)",
      ),
      account: z
        .string('account: give the twelve digits of the AWS account in quotes')
        .regex(/^\d{12}$/, 'account: give the twelve digits of the AWS account, in quotes'),
      domain: domain('domain'),
      hostedZone: z.strictObject({
        id: z
          .string()
          .regex(
            /^Z[A-Z0-9]{5,40}$/,
            'hostedZone.id: give the id of the Route 53 zone; it begins with Z',
          ),
        name: domain('hostedZone.name'),
      }),
      alarmAddresses: z
        .array(address('alarmAddresses'))
        .min(1, 'alarmAddresses: give at least one address; somebody must hear an alarm')
        .max(10, 'alarmAddresses: ten addresses are the most; use a mailing list for more'),
      mailFrom: address('mailFrom').optional(),
      operatorNetworks: z
        .array(network('operatorNetworks'))
        .min(1, 'operatorNetworks: give at least one network from which people operate Koeba'),
      allowedNetworks: z.array(network('allowedNetworks')).default([]),
      media: z
        .strictObject({
          mode: z.enum(
            ['always-on', 'sleep-when-empty'],
            "media.mode: write 'always-on' or 'sleep-when-empty'",
          ),
          size: z.enum(
            ['small', 'medium', 'large'],
            "media.size: write 'small' (half a CPU), 'medium' (one) or 'large' (two)",
          ),
          image: z
            .string()
            .regex(
              /^sha256:[0-9a-f]{64}$/,
              'media.image: give the digest of the pushed image, sha256: and 64 digits, never a tag',
            )
            .optional(),
        })
        .default({ mode: 'always-on', size: 'small' }),
      retention: z
        .strictObject({
          logDays: z.union(
            [30, 90, 180, 365, 731].map((days) => z.literal(days)),
            'retention.logDays: write 30, 90, 180, 365 or 731; archives in S3 are kept for ever',
          ),
          monthlyBackupDays: z
            .int('retention.monthlyBackupDays: give whole days')
            .min(
              120,
              'retention.monthlyBackupDays: give 120 or more; thirty warm days and ninety cold ones are the least that AWS Backup takes',
            )
            .max(3650, 'retention.monthlyBackupDays: ten years (3650) are the most'),
        })
        .default({ logDays: 365, monthlyBackupDays: 400 }),
      monthlyBudgetUsd: z
        .number('monthlyBudgetUsd: give an amount in US dollars')
        .positive('monthlyBudgetUsd: give an amount above zero'),
      packages: z
        .string()
        .min(1, 'packages: give the folder that `cargo xtask package --arm64` wrote'),
      web: z.string().min(1, 'web: give the folder of the built web client'),
    },
    'the configuration must be one object; see config.example.ts',
  )
  .refine(
    (config) =>
      config.domain === config.hostedZone.name ||
      config.domain.endsWith(`.${config.hostedZone.name}`),
    'hostedZone.name: domain must lie in this zone',
  )
  .refine(
    (config) => config.mailFrom === undefined || config.mailFrom.endsWith(`@${config.domain}`),
    'mailFrom: the address must be of the domain itself, whose mail is signed',
  );

/** What somebody writes. */
export type ConfigInput = z.input<typeof schema>;

/** What the constructs are given: checked, with everything filled in. */
export type Config = Readonly<z.output<typeof schema> & { mailFrom: string }>;

/** What is wrong with a configuration, a sentence for each mistake that says how to mend it. */
export class ConfigError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(`The configuration cannot be used:\n${sentences.map((one) => `  - ${one}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** What the schema says, or for what it says nothing of its own, where to look. */
function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.join(', ')}: there is no such setting; remove it or look at config.example.ts`;
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return `${where}: this setting is missing or of the wrong kind; look at config.example.ts`;
  }
  return issue.message;
}

/**
 * Checks a configuration and fills in what was left out.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export function check(input: unknown): Config {
  const outcome = schema.safeParse(input);
  if (!outcome.success) {
    throw new ConfigError(outcome.error.issues.map(sentence));
  }
  const config = outcome.data;
  return { ...config, mailFrom: config.mailFrom ?? `no-reply@${config.domain}` };
}
