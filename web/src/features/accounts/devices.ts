import { answer, api } from '../../api/client';
import type { DeviceView } from '../../api/views';

export async function readDevices(): Promise<readonly DeviceView[]> {
  const { items } = await answer(api.GET('/api/me/sessions'));
  return [...items].sort((one, other) => Number(other.current) - Number(one.current));
}

export async function signOutDevice(id: string): Promise<void> {
  await answer(
    api.DELETE('/api/me/sessions/{session_id}', { params: { path: { session_id: id } } }),
  );
}

export async function signOutOthers(): Promise<void> {
  await answer(api.DELETE('/api/me/sessions'));
}
