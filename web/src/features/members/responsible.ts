import { ApiProblem } from '../../api/client';
import { ask, within } from '../../api/ask';
import type { ResponsibleView } from '../../api/adminViews';

/** Who answers for the workspace; null while nobody was named. */
export async function readResponsible(workspace: string): Promise<ResponsibleView | null> {
  try {
    return await ask<ResponsibleView>('GET', within(workspace, 'responsible-manager'));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

export interface Naming {
  readonly user_id: string;
  readonly department: string;
  readonly contact: string;
}

export const nameResponsible = (workspace: string, naming: Naming): Promise<ResponsibleView> =>
  ask('PUT', within(workspace, 'responsible-manager'), { body: naming });
