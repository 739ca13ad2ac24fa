import type { FindingList } from '../../api/adminViews';
import { ask, within } from '../../api/ask';

export const readFindings = (workspace: string): Promise<FindingList> =>
  ask('GET', within(workspace, 'findings'));
