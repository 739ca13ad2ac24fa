import type { Workspace } from '../../api/types';
import { text } from '../../i18n';
import { paths } from '../../paths';
import { Icon } from '../../ui/Icon';
import { Popover } from '../../ui/Popover';
import { workspaces } from './workspaces';

export function WorkspaceSwitcher({ current }: { current: Workspace }) {
  const t = text.value;
  return (
    <Popover
      label={t.workspaceSwitch(current.name)}
      buttonClass="switcher"
      button={
        <>
          <span class="switcher-name">{current.name}</span>
          <Icon name="down" />
        </>
      }
    >
      {(close) => (
        <>
          <ul class="menu">
            {workspaces.value?.map(({ id, name }) => (
              <li key={id}>
                <a
                  class="menu-item"
                  href={paths.workspace(id)}
                  aria-current={id === current.id ? 'true' : undefined}
                  onClick={close}
                >
                  <span>{name}</span>
                  {id === current.id && <Icon name="check" />}
                </a>
              </li>
            ))}
          </ul>
          <a class="menu-item menu-last" href={paths.workspaces} onClick={close}>
            <Icon name="plus" />
            {t.workspaceNew}
          </a>
        </>
      )}
    </Popover>
  );
}
