// What happens, as it happens, and whether the line is up.
import { useEffect, useRef, useState } from 'preact/hooks';

type Kind = 'decisions' | 'health' | 'router' | 'change';
const kinds: Kind[] = ['decisions', 'health', 'router', 'change'];
const listeners = new Set<(kind: Kind | 'back') => void>();
const watchers = new Set<(up: boolean) => void>();
let source: EventSource | undefined;
let up = true;

function say(now: boolean): void {
  if (now === up) return;
  up = now;
  watchers.forEach((each) => each(now));
  if (now) listeners.forEach((each) => each('back'));
}

export function connect(): void {
  source?.close();
  source = new EventSource('./v1/events');
  const mine = source;
  mine.onopen = () => say(true);
  mine.onerror = () => {
    say(false);
    // a browser gives up after a refusal; we do not
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => source === mine && connect(), 2000);
  };
  for (const kind of kinds) {
    mine.addEventListener(kind, () => listeners.forEach((each) => each(kind)));
  }
}

export function disconnect(): void {
  source?.close();
  source = undefined;
}

/** Calls back after events of these kinds, at most once every `rest` milliseconds. */
export function useEvents(of: Kind[], happened: () => void, rest = 2000): void {
  // a screen is drawn anew many times; what was heard and when outlives that
  const latest = useRef({ of, happened, rest });
  latest.current = { of, happened, rest };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const heard = (kind: Kind | 'back') => {
      if (timer || (kind !== 'back' && !latest.current.of.includes(kind))) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          last = Date.now();
          latest.current.happened();
        },
        Math.max(0, last + latest.current.rest - Date.now()),
      );
    };
    listeners.add(heard);
    return () => {
      listeners.delete(heard);
      clearTimeout(timer);
    };
  }, []);
}

export function useLine(): boolean {
  const [now, set] = useState(up);
  useEffect(() => {
    watchers.add(set);
    return () => void watchers.delete(set);
  }, []);
  return now;
}
