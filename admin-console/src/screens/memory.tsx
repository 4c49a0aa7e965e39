import { useContext, useState } from 'preact/hooks';
import { get, post, remove, type Schemas } from '../api';
import { count, share } from '../format';
import { useAction, usePages } from '../load';
import { link, refine, type Route } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Confirm, Dialog, Empty, Facts, Field, More, needs, Panel, Screen, Scroll, Search, Show, Tabs, Trouble, useMay, Who } from '../ui';

type Note = Schemas['Note'];
type Receipt = Schemas['Receipt'];

export function Memory({ route }: ScreenProps) {
  const looks = useContext(Who).role !== 'user';
  const tabs = [['facts', 'Facts'], ...(looks ? [['experience', 'Experience'] as const] : []), ['forget', 'Forget']] as const;
  const asked = route.query.get('tab');
  const tab = tabs.find(([name]) => name === asked)?.[0] ?? 'facts';
  return (
    <Screen title="Memory" lead="What is remembered for a tenant, and having things forgotten.">
      <Tabs label="Memory" tabs={tabs} open={tab} change={(name) => location.replace(link('memory', undefined, { tab: name }))}>
        {tab === 'forget' ? <Forget route={route} looks={looks} /> : <Notes key={tab} route={route} looks={looks} kind={tab === 'facts' ? 'fact' : 'experience'} />}
      </Tabs>
    </Screen>
  );
}

function Notes({ route, looks, kind }: { route: Route; looks: boolean; kind: Note['kind'] }) {
  const may = useMay('ask');
  const why = may ? undefined : needs('user, operator or admin');
  const tenant = looks ? (route.query.get('tenant') ?? '') : '';
  const all = route.query.get('all') === 'true';
  const pages = usePages(`${tenant} ${all}`, (after, signal) =>
    get('/v1/memory', { query: { kind, limit: 100, ...(tenant ? { tenant } : {}), ...(all ? { all } : {}), ...(after ? { after } : {}) }, signal }),
  );
  const [stating, setStating] = useState<Note | 'new'>();
  const [deleting, setDeleting] = useState<Note>();
  const gone = useAction(async () => {
    await remove('/v1/memory/{id}', { id: deleting!.id });
    setDeleting(undefined);
    pages.first.reload();
  });
  return (
    <>
      {stating && <StateFact tenant={tenant} of={stating === 'new' ? undefined : stating} close={() => setStating(undefined)} changed={pages.first.reload} />}
      {deleting && (
        <Confirm danger title={`Delete this ${kind === 'fact' ? 'fact' : 'experience'}?`} act="Delete it" busy={gone.busy} error={gone.error} confirm={() => gone.run()} close={() => setDeleting(undefined)}>
          <p class="said">{deleting.text}</p>
          <p class="muted">It is gone for good. A fact it had superseded does not come back.</p>
        </Confirm>
      )}
      <div class="filters" role="search">
        {looks && <Search label="Tenant, your own when empty" value={tenant} change={(now) => refine(route, { tenant: now })} />}
        <label class="check"><input type="checkbox" checked={all} onChange={(event) => refine(route, { all: event.currentTarget.checked || undefined })} /> also what does not hold now</label>
      </div>
      <Panel
        title={kind === 'fact' ? 'Facts' : 'Experience'}
        hint={kind === 'fact' ? 'told to language models where a request wishes for memory' : 'which plan was how right, for which question'}
        actions={kind === 'fact' && <Button kind="main" why={why} onClick={() => setStating('new')}>State a fact</Button>}
      >
        <Show of={pages.first} height="16rem">
          {() =>
            pages.all.length === 0 ? (
              <Empty title="Nothing is remembered here">
                <p>{kind === 'fact' ? 'State what holds in this tenant’s world: opening hours, names, rules.' : 'It comes with feedback on answers whose contents may be kept.'}</p>
              </Empty>
            ) : (
              <>
                <Scroll label={kind === 'fact' ? 'Facts' : 'Experience'}>
                  <table>
                    <thead>
                      <tr>
                        <th>{kind === 'fact' ? 'About' : 'Plan'}</th><th>{kind === 'fact' ? 'What holds' : 'Question'}</th>
                        {kind === 'fact' ? <><th>From</th><th>Until</th></> : <><th>Who</th><th class="num">Right</th></>}
                        <th class="num">Used</th><th><span class="sr-only">Change</span></th>
                      </tr>
                    </thead>
                    <tbody>
                      {pages.all.map((note) => (
                        <tr key={note.id}>
                          <td>{note.subject || <span class="muted">–</span>}{note.superseded_by && <> <Badge>superseded</Badge></>}</td>
                          <td class="words">{note.text}</td>
                          {kind === 'fact' ? (
                            <>
                              <td class="nowrap muted"><At at={note.from} /></td>
                              <td class="nowrap muted">{note.until ? <At at={note.until} /> : 'open'}</td>
                            </>
                          ) : (
                            <>
                              <td>{note.experts.join(', ')}</td>
                              <td class="num">{note.score === null ? '–' : share(note.score)}</td>
                            </>
                          )}
                          <td class="num">{count(note.uses)}</td>
                          <td class="right nowrap">
                            {kind === 'fact' && !note.superseded_by && <Button kind="quiet" why={why} onClick={() => setStating(note)}>Supersede</Button>}{' '}
                            <Button kind="quiet" why={why} onClick={() => setDeleting(note)}>Delete</Button>
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

function StateFact(props: { tenant: string; of: Note | undefined; close: () => void; changed: () => void }) {
  const [subject, setSubject] = useState(props.of?.subject ?? '');
  const [text, setText] = useState(props.of?.text ?? '');
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const state = useAction(async () => {
    await post('/v1/memory', {
      body: {
        text: text.trim(),
        ...(subject.trim() ? { subject: subject.trim() } : {}),
        ...(from ? { from: new Date(from).toISOString() } : {}),
        ...(until ? { until: new Date(until).toISOString() } : {}),
        ...(props.of ? { supersedes: [props.of.id], tenant: props.of.tenant } : props.tenant ? { tenant: props.tenant } : {}),
      },
    });
    props.changed();
    props.close();
  });
  return (
    <Dialog title={props.of ? 'What holds instead' : 'State a fact'} close={props.close}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); state.run(); }}>
        <Field label="What holds" hint="a sentence; it is told as data, not as an instruction">
          {(id, described) => <textarea id={id} rows={3} maxLength={2000} required value={text} aria-describedby={described} onInput={(event) => setText(event.currentTarget.value)} />}
        </Field>
        <Field label="About" hint="a later fact about the same takes its place">
          {(id, described) => <input id={id} maxLength={255} value={subject} aria-describedby={described} onInput={(event) => setSubject(event.currentTarget.value)} />}
        </Field>
        <Field label="From" hint="now when empty">
          {(id, described) => <input id={id} type="datetime-local" value={from} aria-describedby={described} onInput={(event) => setFrom(event.currentTarget.value)} />}
        </Field>
        <Field label="Until" hint="open when empty">
          {(id, described) => <input id={id} type="datetime-local" value={until} aria-describedby={described} onInput={(event) => setUntil(event.currentTarget.value)} />}
        </Field>
        <Trouble error={state.error} />
        <div class="actions end">
          <Button kind="quiet" onClick={props.close}>Leave it</Button>
          <Button kind="main" type="submit" disabled={state.busy || !text.trim()}>{props.of ? 'Supersede it' : 'State it'}</Button>
        </div>
      </form>
    </Dialog>
  );
}

const what = { decision: 'A decision, by its id', question: 'A question, by its text', tenant: 'A whole tenant, by its name' } as const;
type What = keyof typeof what;

function Forget({ route, looks }: { route: Route; looks: boolean }) {
  const may = useMay('ask');
  const admin = useMay('keys');
  const decision = route.query.get('decision') ?? '';
  const [kind, setKind] = useState<What>(decision ? 'decision' : 'question');
  const [subject, setSubject] = useState(decision);
  const [sure, setSure] = useState(false);
  const [receipt, setReceipt] = useState<Receipt>();
  const receipts = usePages<Receipt>('receipts', (after, signal) =>
    looks ? get('/v1/forget', { query: { limit: 50, ...(after ? { after } : {}) }, signal }) : Promise.resolve({ data: [], next: null }),
  );
  const forget = useAction(async () => {
    setReceipt(await post('/v1/forget', { body: { [kind]: subject.trim() } }));
    setSure(false);
    setSubject('');
    receipts.first.reload();
  });
  return (
    <div class="grid">
      {sure && (
        <Confirm danger title="Forget it for good?" act="Forget it" busy={forget.busy} error={forget.error} confirm={() => forget.run()} close={() => setSure(false)}>
          <p class="said"><span class="muted">{what[kind]}:</span> {subject}</p>
          <p>
            {kind === 'tenant' ? 'All its decisions, outcomes, facts, experience, files and batches go' : 'Decisions with their replies, feedback, outcomes, notes and kept answers go'}, on
            every replica. This cannot be undone.
          </p>
        </Confirm>
      )}
      <Panel class="third start" title="Have something forgotten">
        <form class="stack" onSubmit={(event) => { event.preventDefault(); setSure(true); }}>
          <Field label="What">
            {(id) => (
              <select id={id} value={kind} onChange={(event) => setKind(event.currentTarget.value as What)}>
                {(Object.keys(what) as What[]).filter((each) => each !== 'tenant' || admin).map((each) => <option key={each} value={each}>{what[each]}</option>)}
              </select>
            )}
          </Field>
          <Field label={kind === 'decision' ? 'Id of the decision' : kind === 'question' ? 'Text of the question' : 'Name of the tenant'} hint={kind === 'question' ? 'whatever case and spaces' : undefined}>
            {(id, described) => <input id={id} required autocomplete="off" aria-describedby={described} value={subject} onInput={(event) => setSubject(event.currentTarget.value)} />}
          </Field>
          <div class="actions"><Button kind="danger" type="submit" why={may ? undefined : needs('user, operator or admin')} disabled={!subject.trim()}>Forget it …</Button></div>
          {!admin && <p class="muted small">Of your own tenant only; a whole tenant is for administrators.</p>}
        </form>
        {receipt && (
          <div class="stack" role="status">
            <h3>Forgotten</h3>
            <ReceiptFacts of={receipt} />
          </div>
        )}
      </Panel>
      <Panel class="two-thirds start" title="Receipts" hint="that something was forgotten, not what it was">
        {looks ? (
          <Show of={receipts.first} height="12rem">
            {() =>
              receipts.all.length === 0 ? (
                <Empty title="Nothing was forgotten yet"><p>Each time leaves a receipt here.</p></Empty>
              ) : (
                <>
                  <Scroll label="Receipts">
                    <table>
                      <thead><tr><th>When</th><th>What</th><th>Removed</th><th>Key</th><th>Receipt</th></tr></thead>
                      <tbody>
                        {receipts.all.map((each) => (
                          <tr key={each.id}>
                            <td class="nowrap muted"><At at={each.at} /></td>
                            <td><Badge tone="accent">{each.what}</Badge></td>
                            <td class="words">{removed(each)}</td>
                            <td class="mono small">{each.key ?? <span class="muted">none was needed</span>}</td>
                            <td class="mono small nowrap" title={`SHA-256 of the subject ${each.subject}, of the receipt ${each.digest}`}>{each.id}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </Scroll>
                  <More shown={receipts.all.length} next={receipts.next} text="Older ones" older={receipts.older} trouble={receipts.trouble} />
                </>
              )
            }
          </Show>
        ) : (
          <Empty title="Receipts of all are for those who may look"><p>{needs('viewer, operator or admin')}</p></Empty>
        )}
      </Panel>
    </div>
  );
}

const removed = (receipt: Receipt): string =>
  Object.entries(receipt.removed)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${count(number)} ${number === 1 ? name.replace(/(ch)es$|s$/, '$1') : name}`)
    .join(', ') || 'nothing was there';

const ReceiptFacts = ({ of }: { of: Receipt }) => (
  <Facts
    of={[
      ['Receipt', <span class="mono">{of.id}</span>],
      ['When', <At at={of.at} />],
      ['Removed', removed(of)],
      ['Digest', <span class="mono small">{of.digest}</span>],
    ]}
  />
);
