import { catalogue, type LikeCatalogue } from '../catalogue';
import { en } from './en';
import { ja } from './ja';

export type AdminText = LikeCatalogue<typeof en>;

/** Texts of the pages for managers; they are loaded with those pages. */
export const adminText = catalogue(en, ja);
