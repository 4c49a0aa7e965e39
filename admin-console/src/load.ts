import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  data: T | undefined;
  error: Error | undefined;
  loading: boolean;
  reload: () => void;
}

/**
 * Loads, and loads again when `key` changes. What was there stays until the new is here, so that
 * nothing jumps; what comes too late is dropped.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, set] = useState<{ data?: T; error?: Error; loading: boolean }>({ loading: true });
  const latest = useRef(load);
  latest.current = load;
  const running = useRef<AbortController | undefined>(undefined);
  const reload = useCallback(() => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    set((before) => ({ ...before, loading: true }));
    latest.current(mine.signal).then(
      (data) => mine.signal.aborted || set({ data, loading: false }),
      (error: Error) =>
        mine.signal.aborted || set((before) => ({ ...before, error, loading: false })),
    );
  }, []);
  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [key]);
  return { data: state.data, error: state.error, loading: state.loading, reload };
}

/** Something that is done on demand: whether it is under way, and what went wrong. */
export function useAction<A extends unknown[]>(
  act: (...args: A) => Promise<void>,
): { run: (...args: A) => void; busy: boolean; error: Error | undefined } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const run = (...args: A) => {
    setBusy(true);
    setError(undefined);
    act(...args)
      .catch((e: Error) => setError(e))
      .finally(() => setBusy(false));
  };
  return { run, busy, error };
}

interface Page<T> {
  data: T[];
  next: string | null;
  /** How many there are on all pages, where the service says so. */
  total?: number;
}

/** What comes in pages, newest first: as many as were asked for, all of them loaded anew by `refresh`. */
export function usePages<T>(
  key: string,
  load: (after: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
): { first: Loaded<Page<T>>; all: T[]; next: string | null; total: number | undefined; older: () => void; trouble: Error | undefined; refresh: () => void } {
  const [depth, setDepth] = useState({ key, pages: 1 });
  const pages = depth.key === key ? depth.pages : 1;
  const first = useLoad(`${pages} ${key}`, async (signal) => {
    const data: T[] = [];
    let next: string | null = null;
    let total: number | undefined;
    for (let page = 0; page < pages && (page === 0 || next !== null); page++) {
      const more = await load(next ?? undefined, signal);
      data.push(...more.data);
      next = more.next;
      total = more.total;
    }
    return { data, next, ...(total === undefined ? {} : { total }) };
  });
  return {
    first,
    all: first.data?.data ?? [],
    next: first.data?.next ?? null,
    total: first.data?.total,
    older: () => setDepth({ key, pages: pages + 1 }),
    trouble: first.error,
    refresh: first.reload,
  };
}

/** Calls back every so often while `on`. */
export function useTicking(on: boolean, millis: number, tick: () => void): void {
  const latest = useRef(tick);
  latest.current = tick;
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => latest.current(), millis);
    return () => clearInterval(timer);
  }, [on, millis]);
}
