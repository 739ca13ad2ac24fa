import type { Room } from '../../api/types';
import { people, place, speaking } from '../../voice/voice';

export interface Face {
  readonly identity: string;
  readonly name: string;
  readonly speaking: boolean;
}

/** Who is in a room: for one's own as the call knows it, for the others as the list says. */
export function facesOf(room: Room): readonly Face[] {
  if (place.value?.roomId === room.id && people.value.length > 0) {
    return people.value.map(({ identity, name }) => ({
      identity,
      name,
      speaking: speaking.value.has(identity),
    }));
  }
  return room.occupants.map(({ identity, name }) => ({ identity, name, speaking: false }));
}
