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

/** What comes in pages, newest first: the first is loaded anew while no older ones were asked for. */
export function usePages<T>(
  key: string,
  load: (after: string | undefined, signal?: AbortSignal) => Promise<{ data: T[]; next: string | null }>,
): { first: Loaded<{ data: T[]; next: string | null }>; all: T[]; next: string | null; older: () => void; trouble: Error | undefined; refresh: () => void } {
  const first = useLoad(key, (signal) => load(undefined, signal));
  const [more, setMore] = useState<{ key: string; data: T[]; next: string | null }>();
  const now = more?.key === key ? more : undefined;
  const next = now ? now.next : (first.data?.next ?? null);
  const older = useAction(async () => {
    const page = await load(next ?? undefined);
    setMore({ key, data: [...(now?.data ?? []), ...page.data], next: page.next });
  });
  return {
    first: {
      ...first,
      reload: () => {
        setMore(undefined);
        first.reload();
      },
    },
    all: [...(first.data?.data ?? []), ...(now?.data ?? [])],
    next,
    older: () => older.run(),
    trouble: older.error,
    refresh: () => void (now || first.reload()),
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
