import { catalogue } from '../catalogue';
import { en } from './en';
import { ja } from './ja';

/** The texts of accounts: second steps, devices, one's own data. For lazy pages only. */
export const accountText = catalogue(en, ja);
