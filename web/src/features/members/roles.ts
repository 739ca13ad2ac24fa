import type { Role } from '../../api/types';
import type { Catalogue } from '../../i18n';

export const roleName = (role: Role, text: Catalogue): string =>
  ({
    owner: text.roleOwner,
    manager: text.roleManager,
    member: text.roleMember,
    guest: text.roleGuest,
  })[role];

export const roleHint = (role: Role, text: Catalogue): string =>
  ({
    owner: '',
    manager: text.roleManagerHint,
    member: text.roleMemberHint,
    guest: text.roleGuestHint,
  })[role];
