// The frame: who is signed in, where we are, whether the line is up.
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, onSignedOut, post, remove, type Role, type Schemas } from './api';
import { connect, disconnect, useLine } from './live';
import { useAction, useLoad } from './load';
import { link, useRoute, type Route } from './route';
import { Button, Empty, Field, Screen, Trouble, Who } from './ui';
import { Access } from './screens/access';
import { Batches } from './screens/batches';
import { Decisions } from './screens/decisions';
import { DecisionScreen } from './screens/decision';
import { Experts } from './screens/experts';
import { ExpertScreen } from './screens/expert';
import { Lab } from './screens/lab';
import { Memory } from './screens/memory';
import { Overview } from './screens/overview';
import { Playground } from './screens/playground';
import { Routers } from './screens/routers';
import { Tools } from './screens/tools';
import { Workers } from './screens/workers';

export interface ScreenProps {
  route: Route;
}

interface Place {
  name: string;
  text: string;
  screen: ComponentType<ScreenProps>;
  one?: ComponentType<ScreenProps>;
  /** Roles that have it; all that may look when missing. */
  roles?: Role[];
}

const looking: Role[] = ['admin', 'operator', 'viewer'];

const places: Place[] = [
  { name: 'overview', text: 'Overview', screen: Overview },
  { name: 'decisions', text: 'Decisions', screen: Decisions, one: DecisionScreen },
  { name: 'experts', text: 'Experts', screen: Experts, one: ExpertScreen },
  { name: 'lab', text: 'Lab', screen: Lab },
  { name: 'routers', text: 'Routers', screen: Routers },
  { name: 'playground', text: 'Playground', screen: Playground, roles: ['admin', 'operator', 'user'] },
  { name: 'batches', text: 'Batches', screen: Batches, roles: ['admin', 'operator', 'user'] },
  { name: 'memory', text: 'Memory', screen: Memory, roles: ['admin', 'operator', 'viewer', 'user'] },
  { name: 'tools', text: 'Tools', screen: Tools },
  { name: 'workers', text: 'Workers', screen: Workers },
  { name: 'access', text: 'Access', screen: Access },
];

const Mark = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true">
    <circle cx="12" cy="12" r="3.2" fill="currentColor" stroke="none" />
    <circle cx="5" cy="5.5" r="2" />
    <circle cx="19" cy="5.5" r="2" />
    <circle cx="5" cy="18.5" r="2" />
    <circle cx="19" cy="18.5" r="2" />
    <path d="M6.6 7 9.6 10M17.4 7l-3 3M6.6 17l3-3M17.4 17l-3-3" />
  </svg>
);

type Theme = 'light' | 'dark' | '';

const stored = (): Theme => {
  const theme = localStorage.getItem('theme');
  return theme === 'light' || theme === 'dark' ? theme : '';
};

const apply = (theme: Theme): void => {
  if (theme) document.documentElement.dataset['theme'] = theme;
  else delete document.documentElement.dataset['theme'];
};

apply(stored());

function ThemeSwitch() {
  const [theme, set] = useState(stored);
  const next: Record<Theme, Theme> = { '': 'light', light: 'dark', dark: '' };
  const text: Record<Theme, string> = { '': 'Auto', light: 'Light', dark: 'Dark' };
  return (
    <Button
      kind="quiet"
      aria-label={`Theme: ${text[theme]}`}
      onClick={() => {
        const now = next[theme];
        localStorage.setItem('theme', now);
        apply(now);
        set(now);
      }}
    >
      ◐ {text[theme]}
    </Button>
  );
}

export function App() {
  const session = useLoad('session', (signal) => get('/v1/session', { signal }));
  useEffect(() => onSignedOut(session.reload), []);
  const role = session.data?.role;
  const looks = role ? looking.includes(role) : false;
  useEffect(() => {
    if (!looks) return;
    connect();
    return disconnect;
  }, [looks, session.data?.key]);
  if (!session.data) {
    return (
      <main>
        <Trouble error={session.error} again={session.reload} />
      </main>
    );
  }
  return role ? (
    <Who.Provider value={{ role, name: session.data.name, key: session.data.key }}>
      <Shell session={session.data} changed={session.reload} />
    </Who.Provider>
  ) : (
    <SignIn why={session.data.why} done={session.reload} />
  );
}

function Shell(props: { session: Schemas['Session']; changed: () => void }) {
  const route = useRoute();
  const line = useLine();
  const [open, setOpen] = useState(false);
  const [signing, setSigning] = useState(false);
  const role = props.session.role!;
  const mine = places.filter((place) => (place.roles ?? looking).includes(role));
  const asked = route.screen === 'overview' && !mine.some((place) => place.name === 'overview') ? mine[0]!.name : route.screen;
  const place = mine.find((each) => each.name === asked);
  const text = place?.text ?? 'Not found';
  useEffect(() => {
    setOpen(false);
    document.title = `${route.id ? route.id + ' · ' : ''}${text} · Consilium`;
    document.querySelector('h1')?.focus({ preventScroll: true });
  }, [route.screen, route.id]);
  const menu = useRef<HTMLElement>(null);
  if (signing) return <SignIn done={() => { setSigning(false); props.changed(); }} back={() => setSigning(false)} />;
  const Shown = route.id !== undefined && place?.one ? place.one : place?.screen;
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>('h1')?.focus(); }}>
        Skip to content
      </a>
      <header
        class={'nav' + (open ? ' open' : '')}
        ref={menu}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return;
          setOpen(false);
          menu.current?.querySelector<HTMLElement>('.nav-menu')?.focus();
        }}
      >
        <a class="brand" href={link('overview')}>
          <Mark />
          Consilium
        </a>
        <Button class="nav-menu" aria-expanded={open} onClick={() => setOpen(!open)}>
          Menu
        </Button>
        <nav class="links" aria-label="Screens">
          <ul>
            {mine.map((each) => (
              <li key={each.name}>
                <a href={link(each.name)} aria-current={each.name === asked ? 'page' : undefined}>
                  {each.text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="nav-foot">
          <div class="row">
            <span class="health">
              <span class={'dot ' + (looking.includes(role) ? (line ? 'good' : 'warn') : '')} aria-hidden="true" />
              {looking.includes(role) ? (line ? 'live' : 'not connected') : 'asking only'}
            </span>
            <ThemeSwitch />
          </div>
          <div class="row">
            <span class="muted cut" title={props.session.key ?? 'no key is needed on this machine'}>
              {role} · {props.session.name ?? 'local'}
            </span>
            <Account session={props.session} changed={props.changed} sign={() => setSigning(true)} />
          </div>
        </div>
      </header>
      <div>
        {!line && (
          <div class="lost" role="status">
            The connection is lost; what you see may be old. This page tries again by itself.
          </div>
        )}
        <main id="content">
          {Shown ? (
            <Shown route={{ ...route, screen: asked }} key={asked + (route.id ?? '')} />
          ) : (
            <Screen title="There is no such screen">
              <Empty title="Nothing is here">
                <p>
                  The address may be mistyped, or your key does not open it. <a href={link(mine[0]!.name)}>Go to {mine[0]!.text}</a>
                </p>
              </Empty>
            </Screen>
          )}
        </main>
      </div>
    </div>
  );
}

function Account(props: { session: Schemas['Session']; changed: () => void; sign: () => void }) {
  const out = useAction(async () => {
    await remove('/v1/session');
    props.changed();
  });
  return props.session.key ? (
    <Button kind="quiet" disabled={out.busy} onClick={() => out.run()}>
      Sign out
    </Button>
  ) : (
    <Button kind="quiet" onClick={props.sign}>
      Use a key
    </Button>
  );
}

function SignIn(props: { why?: string | undefined; done: () => void; back?: () => void }) {
  const [key, set] = useState('');
  const begin = useAction(async () => {
    await post('/v1/session', { body: { key: key.trim() } });
    props.done();
  });
  return (
    <main class="sign-in">
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          begin.run();
        }}
      >
        <div class="brand">
          <Mark />
          <h1>Consilium</h1>
        </div>
        <p class="muted">
          Sign in with an API key. Its role decides what you see. The first administrator's key is in <code>$CONSILIUM_HOME/cli-key</code>
          ; <code>./consilium keys create NAME</code> makes others.
        </p>
        <Field label="API key" error={begin.error?.message}>
          {(id, described) => (
            <input
              id={id}
              type="password"
              autocomplete="current-password"
              required
              value={key}
              aria-describedby={described}
              aria-invalid={begin.error ? true : undefined}
              onInput={(event) => set(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="actions end">
          {props.back && (
            <Button kind="quiet" onClick={props.back}>
              Back
            </Button>
          )}
          <Button kind="main" type="submit" disabled={begin.busy || !key.trim()}>
            Sign in
          </Button>
        </div>
      </form>
    </main>
  );
}
