import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { query } from '../../router';
import { putInAddress } from '../../ui/address';
import { FilterChoice, FilterText } from '../../ui/Filters';
import { filtersIn, ROLES } from './members';
import { roleName } from './roles';

/** Search and filters; they stand in the address, so that a view can be sent to somebody. */
export function MemberFilterBar({ manages }: { manages: boolean }) {
  const t = text.value;
  const a = adminText.value;
  const filters = filtersIn(query.value);
  const put = (name: string) => (value: string) => putInAddress({ [name]: value });
  return (
    <search class="filters">
      <FilterText
        label={a.searchMembers}
        value={filters.q}
        maxLength={64}
        onChange={(value) => putInAddress({ q: value.trim() }, { replace: true })}
      />
      <FilterChoice
        label={t.role}
        value={filters.role}
        any={a.anyRole}
        choices={ROLES.map((role) => [role, roleName(role, t)])}
        onChoose={put('role')}
      />
      {manages && (
        <FilterChoice
          label={a.state}
          value={filters.state}
          any={a.anyState}
          choices={[
            ['active', a.stateActive],
            ['deactivated', a.stateDeactivated],
          ]}
          onChoose={put('state')}
        />
      )}
    </search>
  );
}
