import { signal } from '@preact/signals';
import { answer, api } from '../../api/client';
import type { Workspace } from '../../api/types';
import { remembered } from '../../ui/remembered';

/** The workspaces of who is signed in; `undefined` until they were read. */
export const workspaces = signal<readonly Workspace[] | undefined>(undefined);

const last = remembered('koeba.workspace');
export const lastWorkspace = last.read;
export const rememberWorkspace = (id: string): void => last.write(id);

export async function loadWorkspaces(): Promise<readonly Workspace[]> {
  const { items } = await answer(api.GET('/api/workspaces'));
  workspaces.value = items;
  return items;
}

export async function createWorkspace(name: string): Promise<Workspace> {
  const made = await answer(api.POST('/api/workspaces', { body: { name } }));
  workspaces.value = [...(workspaces.value ?? []), made];
  return made;
}
