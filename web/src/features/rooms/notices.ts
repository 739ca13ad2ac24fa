/** What the server tells of rooms as it happens, and what becomes of a list of rooms by it. */
import type { Occupant, Room } from '../../api/types';

export type Change =
  | { readonly kind: 'room'; readonly room: Omit<Room, 'occupants'> }
  | { readonly kind: 'room_gone'; readonly room_id: string }
  | { readonly kind: 'occupants'; readonly room_id: string; readonly occupants: Occupant[] };

/** The changes that a message tells; `'all'` when it is better to read the whole list. */
export function changesIn(message: unknown): readonly Change[] | 'all' {
  const { type, changes } = (message ?? {}) as { type?: unknown; changes?: unknown };
  if (type === 'read_anew') return 'all';
  return type === 'changes' && Array.isArray(changes) ? changes : [];
}

/** The list after these changes. Rooms stay in the order in which the server lists them. */
export function withChanges(rooms: readonly Room[], changes: readonly Change[]): readonly Room[] {
  return changes.reduce<readonly Room[]>(withChange, rooms);
}

function withChange(rooms: readonly Room[], change: Change): readonly Room[] {
  switch (change.kind) {
    case 'room': {
      const before = rooms.find(({ id }) => id === change.room.id);
      const room: Room = { ...change.room, occupants: before?.occupants ?? [] };
      if (before) return rooms.map((one) => (one === before ? room : one));
      return [...rooms, room].sort((a, b) => (a.id < b.id ? -1 : 1));
    }
    case 'room_gone':
      return rooms.filter(({ id }) => id !== change.room_id);
    case 'occupants':
      return rooms.map((room) =>
        room.id === change.room_id ? { ...room, occupants: change.occupants } : room,
      );
    default:
      // A newer server may tell more than this page knows of.
      return rooms;
  }
}
