// The small parts every screen is made of.
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Role } from './api';
import type { Loaded } from './load';
import { count, moment, when } from './format';

export const Who = createContext<{ role: Role; name: string | null; key: string | null }>({
  role: 'viewer',
  name: null,
  key: null,
});

const may: Record<'ask' | 'change' | 'keys', Role[]> = {
  ask: ['admin', 'operator', 'user'],
  change: ['admin', 'operator'],
  keys: ['admin'],
};

/** Whether whoever looks may do this; the service decides, this only spares the click. */
export const useMay = (what: keyof typeof may): boolean => may[what].includes(useContext(Who).role);

export function Screen(props: {
  title: ComponentChildren;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <>
      <header class="screen-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {props.title}
          </h1>
          {props.lead && <p class="muted">{props.lead}</p>}
        </div>
        {props.actions && <div class="actions">{props.actions}</div>}
      </header>
      {props.children}
    </>
  );
}

export function Panel(props: {
  title?: ComponentChildren;
  hint?: ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={'panel ' + (props.class ?? '')} aria-labelledby={props.title ? id : undefined}>
      {props.title && (
        <div class="panel-head">
          <h2 id={id}>{props.title}</h2>
          {props.hint && <span class="muted small">{props.hint}</span>}
          {props.actions && <div class="actions">{props.actions}</div>}
        </div>
      )}
      {props.children}
    </section>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'plain';

export const Badge = (props: { tone?: Tone; children: ComponentChildren }) => (
  <span class={'badge ' + (props.tone ?? 'plain')}>{props.children}</span>
);

const healthTone: Record<string, Tone> = { up: 'good', degraded: 'warn', down: 'bad', unknown: 'plain' };

export const HealthMark = (props: { status: string; reason?: string }) => (
  <span class="health" title={props.reason || undefined}>
    <span class={'dot ' + (healthTone[props.status] ?? 'plain')} aria-hidden="true" />
    {props.status === 'unknown' ? 'not probed' : props.status}
  </span>
);

export const At = (props: { at: string }) => (
  <time dateTime={props.at} title={when(props.at)}>
    {moment(props.at)}
  </time>
);

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon'> & { kind?: 'main' | 'quiet' | 'danger'; why?: string | undefined };

/** How many are shown, and a button for those after them. */
export const More = (props: { shown: number; total?: number | undefined; next: string | null; text: string; older: () => void; trouble?: Error | undefined }) => (
  <>
    <Trouble error={props.trouble} />
    <div class="more">
      <span class="muted small">
        {count(props.shown)}
        {props.total !== undefined && props.total > props.shown && ` of ${count(props.total)}`} shown
      </span>
      {props.next && <Button onClick={props.older}>{props.text}</Button>}
    </div>
  </>
);

/** A button; with `why`, one that cannot be pressed and says the reason. */
export function Button({ kind, why, class: extra, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={['button', kind ?? '', extra ?? ''].join(' ')}
      disabled={rest.disabled || why !== undefined}
      title={why ?? (rest.title as string | undefined)}
    />
  );
}

export function Field(props: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  wide?: boolean;
  children: (id: string, described: string | undefined) => ComponentChildren;
}) {
  const id = useId();
  const note = props.error ?? props.hint;
  return (
    <div class={'field' + (props.wide ? ' wide' : '')}>
      <label for={id}>{props.label}</label>
      {props.children(id, note ? id + '-note' : undefined)}
      {note && (
        <p id={id + '-note'} class={props.error ? 'error-text' : 'muted small'}>
          {note}
        </p>
      )}
    </div>
  );
}

export function Search(props: { label: string; value: string; change: (value: string) => void }) {
  const [text, set] = useState(props.value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => set(props.value), [props.value]);
  return (
    <input
      type="search"
      aria-label={props.label}
      placeholder={props.label}
      value={text}
      onInput={(event) => {
        const value = event.currentTarget.value;
        set(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => props.change(value), 200);
      }}
    />
  );
}

export function Select(props: {
  label: string;
  value: string;
  options: [value: string, text: string][];
  change: (value: string) => void;
}) {
  return (
    <select
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.change(event.currentTarget.value)}
    >
      {props.options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

export const Empty = (props: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p class="empty-title">{props.title}</p>
    {props.children && <div class="muted">{props.children}</div>}
  </div>
);

export const Trouble = (props: { error: Error | undefined; again?: () => void }) =>
  props.error ? (
    <div class="trouble" role="alert">
      <p>{props.error.message}</p>
      {props.again && (
        <Button kind="quiet" onClick={props.again}>
          Try again
        </Button>
      )}
    </div>
  ) : null;

/** What was loaded, or what stands in its place, at about the same height. */
export function Show<T>(props: {
  of: Loaded<T>;
  height?: string;
  children: (data: T) => ComponentChildren;
}) {
  const { data, error, reload } = props.of;
  return (
    <>
      <Trouble error={error} again={reload} />
      {data !== undefined
        ? props.children(data)
        : !error && (
            <div class="waiting" style={{ minHeight: props.height ?? '8rem' }} aria-busy="true">
              <span class="sr-only">Loading</span>
            </div>
          )}
    </>
  );
}

export const Scroll = (props: { children: ComponentChildren; label: string }) => (
  <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
    {props.children}
  </div>
);

export function Copy(props: { text: string; label?: string }) {
  const [done, set] = useState(false);
  return (
    <Button
      kind="quiet"
      onClick={() => {
        void navigator.clipboard?.writeText(props.text).then(() => {
          set(true);
          setTimeout(() => set(false), 1500);
        });
      }}
    >
      {done ? 'Copied' : (props.label ?? 'Copy')}
    </Button>
  );
}

/** Tabs and the panel of the one that is open: the Tab key finds that one, arrows, Home and End go on from there. */
export function Tabs<N extends string>(props: {
  label: string;
  tabs: readonly (readonly [N, string])[];
  open: N;
  change: (name: N) => void;
  children: ComponentChildren;
}) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const last = props.tabs.length - 1;
  const reach = (at: number) => {
    props.change(props.tabs[at]![0]);
    (list.current!.children[at] as HTMLElement).focus();
  };
  return (
    <>
      <div
        ref={list}
        class="tabs"
        role="tablist"
        aria-label={props.label}
        onKeyDown={(event) => {
          const at = props.tabs.findIndex(([name]) => name === props.open);
          const next: Record<string, number> = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last };
          const to = next[event.key];
          if (to === undefined) return;
          event.preventDefault();
          reach(to);
        }}
      >
        {props.tabs.map(([name, text]) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === props.open}
            aria-controls={name === props.open ? `${id}-panel` : undefined}
            tabIndex={name === props.open ? 0 : -1}
            onClick={() => props.change(name)}
          >
            {text}
          </button>
        ))}
      </div>
      <div class="stack" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${props.open}`} tabIndex={0}>
        {props.children}
      </div>
    </>
  );
}

export function Dialog(props: {
  title: string;
  close: () => void;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    // a dialog that is taken away while it is open does not give the focus back by itself
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={props.wide ? 'wide' : ''} aria-labelledby={id} onClose={props.close}>
      <div class="dialog-head">
        <h2 id={id}>{props.title}</h2>
        <Button kind="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          ✕
        </Button>
      </div>
      {props.children}
    </dialog>
  );
}

export function Confirm(props: {
  title: string;
  act: string;
  danger?: boolean;
  busy: boolean;
  error: Error | undefined;
  confirm: () => void;
  close: () => void;
  children: ComponentChildren;
}) {
  return (
    <Dialog title={props.title} close={props.close}>
      <div class="stack">
        {props.children}
        <Trouble error={props.error} />
        <div class="actions end">
          <Button kind="quiet" onClick={props.close}>
            Leave it
          </Button>
          <Button kind={props.danger ? 'danger' : 'main'} disabled={props.busy} onClick={props.confirm}>
            {props.act}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

export const Facts = (props: { of: [string, ComponentChildren][] }) => (
  <dl class="facts">
    {props.of.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

export const needs = (role: string): string => `Your key may not do this: it needs the role ${role}.`;

export function Progress(props: { value: number; label: string }) {
  return (
    <div class="progress">
      <progress max={1} value={props.value} aria-label={props.label} />
      <span class="muted small">{props.label}</span>
    </div>
  );
}
