import { useState } from 'preact/hooks';
import { get, post, remove, type Schemas } from '../api';
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
      <Tabs tabs={tabs} open={tab} change={(name) => location.replace(link('access', undefined, { tab: name }))} />
      {tab === 'keys' ? <Keys /> : tab === 'spend' ? <Spend route={route} /> : <Audit route={route} />}
    </Screen>
  );
}

type Key = Schemas['Key'];

function Keys() {
  const may = useMay('keys');
  const keys = useLoad('keys', (signal) => (may ? get('/v1/keys', { signal }) : Promise.resolve({ data: [], next: null })));
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Key>();
  const revoke = useAction(async () => {
    await remove('/v1/keys/{id}', { id: revoking!.id });
    setRevoking(undefined);
    keys.reload();
  });
  if (!may) {
    return <Panel><Empty title="Keys are for administrators"><p>{needs('admin')}</p></Empty></Panel>;
  }
  return (
    <Panel title="API keys" actions={<Button kind="main" onClick={() => setMaking(true)}>Make a key</Button>}>
      {making && <MakeKey close={() => { setMaking(false); keys.reload(); }} />}
      {revoking && (
        <Confirm danger title={`Revoke ${revoking.name}?`} act="Revoke it" busy={revoke.busy} error={revoke.error} confirm={() => revoke.run()} close={() => setRevoking(undefined)}>
          <p>It stops at once, and so do sessions signed in with it. It stays on record. This cannot be undone; a new key can be made.</p>
        </Confirm>
      )}
      <Show of={keys} height="12rem">
        {({ data }) => (
          <Scroll label="API keys">
            <table>
              <thead><tr><th>Name</th><th>Role</th><th>State</th><th>Tenant</th><th>Contents</th><th>Cache</th><th>Teaches</th><th>Made</th><th>Ends</th><th /></tr></thead>
              <tbody>
                {data.map((key) => (
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
                    <td class="right">{key.state === 'valid' && <Button onClick={() => setRevoking(key)}>Revoke</Button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Show>
    </Panel>
  );
}

function MakeKey({ close }: { close: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('user');
  const [tenant, setTenant] = useState('default');
  const [ends, setEnds] = useState('');
  const [record, setRecord] = useState(true);
  const [cache, setCache] = useState<Key['cache']>('semantic');
  const [learn, setLearn] = useState(true);
  const [made, setMade] = useState<Key>();
  const make = useAction(async () => {
    setMade(
      await post('/v1/keys', {
        body: { name, role: role as 'user', tenant, record_content: record, cache, learn, ...(ends ? { expires: new Date(ends).toISOString() } : {}) },
      }),
    );
  });
  return (
    <Dialog title={made ? 'The key, shown this once' : 'Make a key'} close={close}>
      {made ? (
        <div class="stack">
          <p>Keep it where secrets are kept. The service stores only its hash and cannot show it again.</p>
          <div class="key-once"><code>{made.key}</code><Copy text={made.key ?? ''} /></div>
          <div class="actions end"><Button kind="main" onClick={close}>Done</Button></div>
        </div>
      ) : (
        <form class="stack" onSubmit={(event) => { event.preventDefault(); make.run(); }}>
          <Field label="Name" hint="what people will recognise it by">
            {(id, described) => <input id={id} required value={name} aria-describedby={described} onInput={(event) => setName(event.currentTarget.value)} />}
          </Field>
          <Field label="Role" hint="user asks; viewer looks; operator changes experts too; admin does everything">
            {(id, described) => (
              <select id={id} value={role} aria-describedby={described} onChange={(event) => setRole(event.currentTarget.value)}>
                {['user', 'viewer', 'operator', 'admin'].map((each) => <option key={each} value={each}>{each}</option>)}
              </select>
            )}
          </Field>
          <Field label="Tenant" hint="whose traffic it carries">
            {(id, described) => <input id={id} required value={tenant} aria-describedby={described} onInput={(event) => setTenant(event.currentTarget.value)} />}
          </Field>
          <Field label="Ends" hint="never when empty">
            {(id, described) => <input id={id} type="datetime-local" value={ends} aria-describedby={described} onInput={(event) => setEnds(event.currentTarget.value)} />}
          </Field>
          <Field label="Cache" hint="the most its questions may be answered from: the same question, or one that means the same">
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
          <Trouble error={make.error} />
          <div class="actions end">
            <Button kind="quiet" onClick={close}>Leave it</Button>
            <Button kind="main" type="submit" disabled={make.busy || !name.trim()}>Make it</Button>
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
        {({ keys, experts }) => (
          <div class="grid">
            <Panel class="half" title="By key">
              <Sums rows={keys.map((each) => ({ name: each.name ?? 'without a key', count: each.requests, usd: each.usd }))} of="requests" />
            </Panel>
            <Panel class="half" title="By expert">
              <Sums rows={experts.map((each) => ({ name: each.expert, to: link('experts', each.expert), count: each.calls, usd: each.usd }))} of="calls" />
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
