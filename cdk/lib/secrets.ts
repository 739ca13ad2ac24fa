/** What functions and nodes must know and nobody else: drawn by Secrets Manager, never by a person. */

import { Fn, type aws_kms as kms, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { FRONT, SECOND } from './names.ts';
import { keeping } from './stage-rules.ts';

/** What each secret is for. */
const MEANINGS = {
  'cursor-key': 'Seals the cursors that clients page with',
  'account-key': 'Seals second steps and other small secrets of people',
  'signing-key': 'Signs deletion certificates and results of access reviews',
  'token-secret': 'Signs join tokens; the functions and the media nodes share it',
  origin: 'CloudFront proves with it that a request came through CloudFront',
} as const;

export type SecretName = keyof typeof MEANINGS;

/** How many of 62 letters make 250 bits, which is what a key of 32 bytes holds but for six. */
const LETTERS = 42;

export interface SecretsProps {
  readonly config: Config;
  readonly key: kms.IKey;
  /** The ARN of the same key in Osaka. */
  readonly secondKeyArn: string;
}

/** All secrets of the data plane, with replicas in Osaka. */
export class Secrets extends Construct {
  private readonly drawn: ReadonlyMap<SecretName, secretsmanager.Secret>;

  constructor(scope: Construct, id: string, props: SecretsProps) {
    super(scope, id);
    const names = Object.keys(MEANINGS) as SecretName[];
    this.drawn = new Map(
      names.map((name) => {
        const secret = new secretsmanager.Secret(this, name, {
          secretName: `koeba/${name}`,
          description: MEANINGS[name],
          encryptionKey: props.key,
          generateSecretString: { passwordLength: LETTERS, excludePunctuation: true },
          removalPolicy: keeping(props.config),
        });
        const resource = secret.node.defaultChild as secretsmanager.CfnSecret;
        resource.replicaRegions = [
          { region: SECOND, kmsKeyId: props.secondKeyArn },
          // CloudFront is configured from there, and is the one who has to know it.
          ...(name === 'origin' ? [{ region: FRONT }] : []),
        ];
        return [name, secret] as const;
      }),
    );
  }

  of(name: SecretName): secretsmanager.Secret {
    const secret = this.drawn.get(name);
    if (secret === undefined) throw new Error(`every meaning has a secret, and ${name} has none`);
    return secret;
  }
}

/** A secret as CloudFormation fills it in when it deploys; the template holds the reference only. */
export function text(name: string): string {
  return `{{resolve:secretsmanager:${name}:SecretString}}`;
}

/**
 * The same as 32 bytes in base64: 42 letters, one that stands for zero bits, and the padding. A
 * last letter other than `A` could carry bits beyond the 32 bytes, which decoders refuse.
 */
export function bytes(name: string): string {
  return Fn.join('', [text(name), 'A=']);
}
