/** What `dev` and `prod` differ in, in one place. */

import { RemovalPolicy } from 'aws-cdk-lib';
import type { Config } from './config.ts';

/** Whether this is the stage that people depend on. */
export const isProd = (config: Config) => config.stage === 'prod';

/** What holds data outlives its stack in `prod` and goes with it in `dev`. */
export const keeping = (config: Config) =>
  isProd(config) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

/** The tag by which backups find what they must back up. */
export const BACKUP_TAG = 'koeba:backup';
