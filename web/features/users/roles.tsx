"use client";

import { useApi } from "@/shared/api";
import { Answered, Icon } from "@/shared/ui";
import { permissionWords, roleWords } from "./words";

/** The permission table: what each role may. */
export function Roles(): React.ReactElement {
  const roles = useApi("/api/v1/roles");
  return (
    <Answered of={roles} rows={10}>
      {({ items }) => {
        const all = [...new Set(items.flatMap(({ permissions }) => permissions))];
        const held = new Map(items.map(({ role, permissions }) => [role, new Set<string>(permissions)]));
        return (
          <div className="h-full overflow-auto" tabIndex={0} role="region" aria-label="What roles may do">
            <table className="w-full min-w-[680px]">
              <thead className="sticky top-0 z-10 bg-raised">
                <tr>
                  <th scope="col" className="sticky left-0 bg-raised px-3 py-2 text-left text-small font-strong text-soft">
                    May
                  </th>
                  {items.map(({ role, second_factor }) => (
                    <th key={role} scope="col" className="px-3 py-2 text-center text-small font-strong text-soft">
                      <span className="block whitespace-nowrap">{roleWords(role)}</span>
                      {second_factor ? (
                        <span className="inline-flex items-center gap-1 whitespace-nowrap font-normal text-faint" title="asked for a second factor">
                          <Icon name="lock" size={12} /> 2nd factor
                        </span>
                      ) : null}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {all.map((permission) => (
                  <tr key={permission} className="h-[var(--row)] border-t">
                    <th scope="row" className="sticky left-0 bg-panel px-3 text-left font-normal">
                      {permissionWords(permission)} <code className="ml-2 text-small text-faint phone:hidden">{permission}</code>
                    </th>
                    {items.map(({ role }) => (
                      <td key={role} className="px-3 text-center">
                        {held.get(role)?.has(permission) ? (
                          <span className="inline-flex text-gain">
                            <Icon name="check" />
                            <span className="sr-only">yes</span>
                          </span>
                        ) : (
                          <span className="text-faint">
                            <span aria-hidden>{"\u00b7"}</span>
                            <span className="sr-only">no</span>
                          </span>
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Answered>
  );
}
