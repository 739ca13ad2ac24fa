import { useEffect } from 'preact/hooks';
import { go } from '../router';

export function Redirect({ to }: { to: string }) {
  useEffect(() => go(to, { replace: true }), [to]);
  return null;
}
