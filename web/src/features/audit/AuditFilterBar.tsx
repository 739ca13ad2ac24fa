import { adminText } from '../../i18n/admin';
import { actionText } from '../../i18n/admin/words';
import { query } from '../../router';
import { putInAddress } from '../../ui/address';
import { Chip, FilterChoice, FilterText } from '../../ui/Filters';
import { FILTERS, type FilterName, filtersIn } from './audit';
import { actionWords } from './words';

/** Filters as fields, and what is on as chips that can be taken off one by one. */
export function AuditFilterBar({ names }: { names: ReadonlyMap<string, string> }) {
  const a = adminText.value;
  const filters = filtersIn(query.value);
  const on = FILTERS.filter((name) => filters[name] !== '');
  const put = (name: FilterName) => (value: string) => putInAddress({ [name]: value.trim() });
  const label: Record<FilterName, string> = {
    from: a.filterFrom,
    to: a.filterTo,
    actor: a.filterActor,
    subject: a.filterSubject,
    action: a.filterAction,
    outcome: a.filterOutcome,
    q: a.filterText,
  };
  const shown = (name: FilterName): string => {
    const value = filters[name];
    if (name === 'action') return actionWords(value);
    if (name === 'outcome') return value === 'done' ? a.outcomeDone : a.outcomeRefused;
    return names.get(value) ?? value;
  };
  return (
    <>
      <search class="filters">
        <FilterText label={label.q} value={filters.q} maxLength={64} onChange={put('q')} />
        <FilterText label={label.from} type="date" value={filters.from} onChange={put('from')} />
        <FilterText label={label.to} type="date" value={filters.to} onChange={put('to')} />
        <FilterChoice
          label={label.action}
          value={filters.action}
          any={a.anyAction}
          choices={withChosen(Object.entries<string>(actionText.value), filters.action)}
          onChoose={put('action')}
        />
        <FilterChoice
          label={label.outcome}
          value={filters.outcome}
          any={a.anyOutcome}
          choices={[
            ['done', a.outcomeDone],
            ['refused', a.outcomeRefused],
          ]}
          onChoose={put('outcome')}
        />
      </search>
      {on.length > 0 && (
        <ul class="chips" aria-label={a.filtersOn}>
          {on.map((name) => (
            <li key={name}>
              <Chip
                words={`${label[name]}${a.colon}${shown(name)}`}
                off={a.filterOff(label[name], shown(name))}
                onOff={() => putInAddress({ [name]: null })}
              />
            </li>
          ))}
          <li>
            <button
              type="button"
              class="link"
              onClick={() => putInAddress(Object.fromEntries(FILTERS.map((name) => [name, null])))}
            >
              {a.filtersClear}
            </button>
          </li>
        </ul>
      )}
    </>
  );
}

/** A link may carry an action that this page has no words for. */
const withChosen = (
  choices: readonly (readonly [string, string])[],
  chosen: string,
): readonly (readonly [string, string])[] =>
  !chosen || choices.some(([value]) => value === chosen) ? choices : [...choices, [chosen, chosen]];
