// Where we are: everything a screen shows stands in the address, so that it can be sent to somebody.
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  screen: string;
  id: string | undefined;
  query: URLSearchParams;
}

const read = (): Route => {
  const [path = '', search = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const slash = path.indexOf('/');
  return {
    screen: (slash < 0 ? path : path.slice(0, slash)) || 'overview',
    id: slash < 0 ? undefined : decodeURIComponent(path.slice(slash + 1)),
    query: new URLSearchParams(search),
  };
};

export function useRoute(): Route {
  const [route, set] = useState(read);
  useEffect(() => {
    const changed = () => set(read());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

type Values = Record<string, string | number | boolean | undefined>;

export const link = (screen: string, id?: string, query?: Values): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `#/${screen}${id === undefined ? '' : '/' + encodeURIComponent(id)}${text ? '?' + text : ''}`;
};

/** Changes filters in place, without a step in the history for each letter. */
export function refine(route: Route, values: Values): void {
  const query = Object.fromEntries(route.query) as Values;
  location.replace(link(route.screen, route.id, { ...query, ...values }));
}

export const go = (to: string): void => {
  location.hash = to;
};
