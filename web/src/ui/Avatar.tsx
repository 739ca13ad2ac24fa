import { hueOf, initials } from '../i18n/format';

interface Props {
  id: string;
  name: string;
  size?: 'small' | 'medium' | 'large';
  speaking?: boolean;
}

/** A face made of initials, in the same colour everywhere. */
export const Avatar = ({ id, name, size = 'medium', speaking = false }: Props) => (
  <span
    class={`avatar avatar-${size} hue-${hueOf(id)}`}
    data-speaking={speaking || undefined}
    title={name}
    aria-hidden="true"
  >
    {initials(name)}
  </span>
);
