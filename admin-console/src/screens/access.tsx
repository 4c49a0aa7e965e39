import { useState } from 'preact/hooks';
import { get, patch, post, Refusal, remove, type Schemas } from '../api';
import { compact, count, usd } from '../format';
import { useEvents } from '../live';
import { useAction, useLoad, usePages } from '../load';
import { link, refine, type Route } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Confirm, Copy, Dialog, Empty, Field, More, needs, Panel, Screen, Scroll, Search, Select, Show, Tabs, Trouble, useMay } from '../ui';
import { told } from './audit';

const tabs = [['keys', 'Keys'], ['spend', 'Spend'], ['audit', 'Changes']] as const;

export function Access({ route }: ScreenProps) {
  const may = useMay('keys');
  const asked = route.query.get('tab');
  const tab = tabs.find(([name]) => name === asked)?.[0] ?? (may ? 'keys' : 'spend');
  return (
    <Screen title="Access" lead="Who may, what it costs, and who changed what.">
      <Tabs label="Access" tabs={tabs} open={tab} change={(name) => location.replace(link('access', undefined, { tab: name }))}>
        {tab === 'keys' ? <Keys route={route} /> : tab === 'spend' ? <Spend route={route} /> : <Audit route={route} />}
      </Tabs>
    </Screen>
  );
}

type Key = Schemas['Key'];

function Keys({ route }: { route: Route }) {
  const may = useMay('keys');
  const q = route.query.get('q') ?? '';
  const pages = usePages<Key>(q, (after, signal) =>
    may ? get('/v1/keys', { query: { limit: 100, ...(q ? { q } : {}), ...(after ? { after } : {}) }, signal }) : Promise.resolve({ data: [], next: null }),
  );
  useEvents(['change'], pages.refresh);
  const [open, setOpen] = useState<Key | 'new'>();
  const [revoking, setRevoking] = useState<Key>();
  const revoke = useAction(async () => {
    await remove('/v1/keys/{id}', { id: revoking!.id });
    setRevoking(undefined);
    pages.refresh();
  });
  if (!may) {
    return <Panel><Empty title="Keys are for administrators"><p>{needs('admin')}</p></Empty></Panel>;
  }
  return (
    <>
      <div class="filters" role="search"><Search label="Name, id or tenant" value={q} change={(now) => refine(route, { q: now })} /></div>
      <Panel title="API keys" actions={<Button kind="main" onClick={() => setOpen('new')}>Make a key</Button>}>
        {open && <KeyDialog of={open === 'new' ? undefined : open} close={() => { setOpen(undefined); pages.refresh(); }} />}
        {revoking && (
          <Confirm danger title={`Revoke ${revoking.name}?`} act="Revoke it" busy={revoke.busy} error={revoke.error} confirm={() => revoke.run()} close={() => setRevoking(undefined)}>
            <p>It stops at once, and so do sessions signed in with it. It stays on record. This cannot be undone; a new key can be made.</p>
          </Confirm>
        )}
        <Show of={pages.first} height="12rem">
          {() =>
            pages.all.length === 0 ? (
              <Empty title="No key fits"><p>Clear the search, or make one.</p></Empty>
            ) : (
              <>
                <Scroll label="API keys">
                  <table>
                    <thead><tr><th>Name</th><th>Role</th><th>State</th><th>Tenant</th><th>Contents</th><th>Cache</th><th>Teaches</th><th>Made</th><th>Ends</th><th><span class="sr-only">Change</span></th></tr></thead>
                    <tbody>
                      {pages.all.map((key) => (
                        <tr key={key.id}>
                          <td><b>{key.name}</b> <span class="muted small mono">{key.id}</span></td>
                          <td><Badge tone="accent">{key.role}</Badge></td>
                          <td><Badge tone={key.state === 'valid' ? 'good' : 'plain'}>{key.state}</Badge></td>
                          <td>{key.tenant}</td>
                          <td class="muted nowrap">{key.record_content ? 'kept' : 'not kept'}</td>
                          <td class="muted">{key.cache}</td>
                          <td class="muted">{key.learn ? 'yes' : 'no'}</td>
                          <td class="nowrap muted"><At at={key.created} /></td>
                          <td class="nowrap muted">{key.expires ? <At at={key.expires} /> : 'never'}</td>
                          <td>
                            {key.state !== 'revoked' && (
                              <div class="actions end">
                                <Button kind="quiet" onClick={() => setOpen(key)}>Change</Button>
                                <Button onClick={() => setRevoking(key)}>Revoke</Button>
                              </div>
                            )}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
                <More shown={pages.all.length} next={pages.next} text="Older ones" older={pages.older} trouble={pages.trouble} />
              </>
            )
          }
        </Show>
      </Panel>
    </>
  );
}

/** A time as its field takes it: by the reader's clock, to the minute. */
const localTime = (at: string | null): string => {
  if (!at) return '';
  const time = new Date(at);
  return new Date(time.getTime() - 60_000 * time.getTimezoneOffset()).toISOString().slice(0, 16);
};

/** Makes a key, or changes one: only what was touched is sent. */
function KeyDialog({ of, close }: { of: Key | undefined; close: () => void }) {
  const [name, setName] = useState(of?.name ?? '');
  const [role, setRole] = useState<Key['role']>(of?.role ?? 'user');
  const [tenant, setTenant] = useState(of?.tenant ?? 'default');
  const [ends, setEnds] = useState(localTime(of?.expires ?? null));
  const [record, setRecord] = useState(of?.record_content ?? true);
  const [cache, setCache] = useState<Key['cache']>(of?.cache ?? 'semantic');
  const [learn, setLearn] = useState(of?.learn ?? true);
  const [made, setMade] = useState<Key>();
  const expires = () => (ends ? new Date(ends).toISOString() : null);
  const keep = useAction(async () => {
    if (of) {
      await patch('/v1/keys/{id}', {
        id: of.id,
        body: {
          ...(name === of.name ? {} : { name }),
          ...(role === of.role ? {} : { role }),
          ...(ends === localTime(of.expires) ? {} : { expires: expires() }),
          ...(cache === of.cache ? {} : { cache }),
          ...(learn === of.learn ? {} : { learn }),
          ...(record === of.record_content ? {} : { record_content: record }),
        },
      });
      close();
    } else {
      setMade(await post('/v1/keys', { body: { name, role, tenant, record_content: record, cache, learn, ...(ends ? { expires: expires() } : {}) } }));
    }
  });
  const wrong = keep.error instanceof Refusal ? keep.error.parameter : undefined;
  const at = (field: string) => (wrong === field ? keep.error?.message : undefined);
  return (
    <Dialog title={made ? 'The key, shown this once' : of ? `Change ${of.name}` : 'Make a key'} close={close}>
      {made ? (
        <div class="stack">
          <p>Keep it where secrets are kept. The service stores only its hash and cannot show it again.</p>
          <div class="key-once"><code>{made.key}</code><Copy text={made.key ?? ''} /></div>
          <div class="actions end"><Button kind="main" onClick={close}>Done</Button></div>
        </div>
      ) : (
        <form class="stack" onSubmit={(event) => { event.preventDefault(); keep.run(); }}>
          {of && <p class="muted">The key itself stays, and so do those who use it. What is changed holds for what they ask from now on.</p>}
          <Field label="Name" hint="what people will recognise it by" error={at('name')}>
            {(id, described) => <input id={id} required value={name} aria-describedby={described} aria-invalid={at('name') ? true : undefined} onInput={(event) => setName(event.currentTarget.value)} />}
          </Field>
          <Field label="Role" hint="user asks; viewer looks; operator changes experts too; admin does everything" error={at('role')}>
            {(id, described) => (
              <select id={id} value={role} aria-describedby={described} onChange={(event) => setRole(event.currentTarget.value as Key['role'])}>
                {['user', 'viewer', 'operator', 'admin'].map((each) => <option key={each} value={each}>{each}</option>)}
              </select>
            )}
          </Field>
          <Field label="Tenant" hint={of ? 'cannot be changed: what was asked belongs to it' : 'whose traffic it carries'} error={at('tenant')}>
            {(id, described) => <input id={id} required disabled={of !== undefined} value={tenant} aria-describedby={described} onInput={(event) => setTenant(event.currentTarget.value)} />}
          </Field>
          <Field label="Ends" hint="never when empty" error={at('expires')}>
            {(id, described) => <input id={id} type="datetime-local" value={ends} aria-describedby={described} aria-invalid={at('expires') ? true : undefined} onInput={(event) => setEnds(event.currentTarget.value)} />}
          </Field>
          <Field label="Cache" hint="the most its questions may be answered from: the same question, or one that means the same" error={at('cache')}>
            {(id, described) => (
              <select id={id} value={cache} aria-describedby={described} onChange={(event) => setCache(event.currentTarget.value as Key['cache'])}>
                <option value="semantic">semantic</option>
                <option value="exact">exact</option>
                <option value="off">off</option>
              </select>
            )}
          </Field>
          <label class="check"><input type="checkbox" checked={learn} onChange={(event) => setLearn(event.currentTarget.checked)} /> What is said of its answers teaches the router all tenants share</label>
          <label class="check"><input type="checkbox" checked={record} onChange={(event) => setRecord(event.currentTarget.checked)} /> Keep questions and answers</label>
          {!['name', 'role', 'tenant', 'expires', 'cache'].includes(wrong ?? '') && <Trouble error={keep.error} />}
          <div class="actions end">
            <Button kind="quiet" onClick={close}>Leave it</Button>
            <Button kind="main" type="submit" disabled={keep.busy || !name}>{of ? 'Save' : 'Make it'}</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

const ranges = ['24h', '7d', '30d'] as const;

function Spend({ route }: { route: Route }) {
  const range = ranges.find((each) => each === route.query.get('range')) ?? '30d';
  const spend = useLoad(range, (signal) => get('/v1/spend', { query: { range }, signal }));
  return (
    <>
      <div class="filters">
        <Select label="Time" value={range} options={[['24h', 'last 24 hours'], ['7d', 'last 7 days'], ['30d', 'last 30 days']]} change={(now) => refine(route, { range: now })} />
      </div>
      <Show of={spend} height="20rem">
        {({ keys, further_keys, experts, further_experts }) => (
          <div class="grid">
            <Panel class="half start" title="By key">
              <Sums rows={keys.map((each) => ({ name: each.name ?? 'without a key', count: each.requests, usd: each.usd }))} of="Requests" />
              {further_keys > 0 && <p class="muted small">And {count(further_keys)} keys that cost less.</p>}
            </Panel>
            <Panel class="half start" title="By expert">
              <Sums rows={experts.map((each) => ({ name: each.expert, to: link('experts', each.expert), count: each.calls, usd: each.usd }))} of="Calls" />
              {further_experts > 0 && <p class="muted small">And {count(further_experts)} experts that cost less.</p>}
            </Panel>
          </div>
        )}
      </Show>
    </>
  );
}

function Sums(props: { rows: { name: string; to?: string; count: number; usd: number }[]; of: string }) {
  if (props.rows.length === 0) return <Empty title="Nothing was asked in this time" />;
  const most = Math.max(...props.rows.map((row) => row.usd), 1e-12);
  return (
    <table>
      <thead><tr><th>Who</th><th class="num">{props.of}</th><th class="num">Spent</th><th class="wide-only" style={{ width: '30%' }} /></tr></thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.name}>
            <td>{row.to ? <a href={row.to}>{row.name}</a> : row.name}</td>
            <td class="num" title={count(row.count)}>{compact(row.count)}</td>
            <td class="num">{usd(row.usd)}</td>
            <td class="wide-only"><span class="share" aria-hidden="true"><i style={{ width: `${(100 * row.usd) / most}%` }} /></span></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Audit({ route }: { route: Route }) {
  const about = route.query.get('about') ?? '';
  const query = { limit: 100, ...(about ? { about } : {}) };
  const pages = usePages(about, (after, signal) => get('/v1/audit', { query: { ...query, ...(after ? { after } : {}) }, signal }));
  const { all } = pages;
  useEvents(['change', 'health'], pages.refresh);
  return (
    <>
      <div class="filters" role="search"><Search label="About, such as experts/NAME or keys" value={about} change={(now) => refine(route, { about: now })} /></div>
      <Panel>
        <Show of={pages.first} height="20rem">
          {() => {
            return all.length === 0 ? (
              <Empty title="No change is on record"><p>Every change made through the API or this console is written down here, with the key it was made with.</p></Empty>
            ) : (
              <>
                <Scroll label="Changes">
                  <table>
                    <thead><tr><th>When</th><th>What</th><th>Role</th><th>Key</th></tr></thead>
                    <tbody>
                      {all.map((change, i) => (
                        <tr key={i}>
                          <td class="nowrap muted"><At at={change.at} /></td>
                          <td>{told(change)}</td>
                          <td><Badge>{change.actor}</Badge></td>
                          <td class="mono small">{change.key ?? <span class="muted">{change.actor === 'consilium' ? 'by itself' : 'none was needed'}</span>}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
                <More shown={all.length} next={pages.next} text="Older ones" older={pages.older} trouble={pages.trouble} />
              </>
            );
          }}
        </Show>
      </Panel>
    </>
  );
}
