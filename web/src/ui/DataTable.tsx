import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** A column of figures or marks that needs no more room than they do. */
  readonly tight?: boolean;
}

interface Props<Row> {
  caption: string;
  /** The first names the row. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  marked?: (row: Row) => boolean;
}

/**
 * A table that becomes a list of cards where there is no room for columns: on a phone, and at high
 * zoom. The roles are written out, because browsers drop them with the layout of a table.
 */
export function DataTable<Row>({ caption, columns, rows, keyOf, marked }: Props<Row>) {
  return (
    <table class="table data-table" role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ label, tight }) => (
            <th key={label} role="columnheader" scope="col" data-tight={tight || undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" data-marked={marked?.(row) || undefined}>
            {columns.map(({ label, cell, tight }, index) =>
              index === 0 ? (
                <th key={label} role="rowheader" scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={label} role="cell" data-tight={tight || undefined}>
                  <span class="cell-label" aria-hidden="true">
                    {label}
                  </span>
                  <span class="cell-value">{cell(row)}</span>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
